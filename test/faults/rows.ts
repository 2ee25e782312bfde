import type { Row } from './row.ts';
import { badFile } from './rows/bad-file.ts';
import { brokenWrites } from './rows/broken-writes.ts';
import { caddyAway } from './rows/caddy-away.ts';
import { manyEdits } from './rows/edits.ts';
import { sameWords } from './rows/same-words.ts';

/** In the order of the table. */
export const rows: readonly Row[] = [badFile, caddyAway, brokenWrites, manyEdits, sameWords];
