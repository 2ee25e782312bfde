import type { Row } from './row.ts';
import { badFile } from './rows/bad-file.ts';
import { brokenWrites } from './rows/broken-writes.ts';
import { caddyAway } from './rows/caddy-away.ts';
import { manyEdits } from './rows/edits.ts';
import { saves } from './rows/saves.ts';
import { sameWords } from './rows/same-words.ts';
import { vanished } from './rows/vanished.ts';

/** In the order of the table. */
export const rows: readonly Row[] = [badFile, saves, vanished, caddyAway, brokenWrites, manyEdits, sameWords];
