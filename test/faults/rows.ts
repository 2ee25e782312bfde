import type { Row } from './row.ts';
import { badFile } from './rows/bad-file.ts';
import { brokenWrites } from './rows/broken-writes.ts';
import { caddyAway } from './rows/caddy-away.ts';
import { manyEdits } from './rows/edits.ts';
import { frozen } from './rows/frozen.ts';
import { killed } from './rows/killed.ts';
import { sameWords } from './rows/same-words.ts';
import { randomFaultsRow } from './rows/random-faults.ts';
import { saveToLive } from './rows/save-to-live.ts';
import { saves } from './rows/saves.ts';
import { stateFolder } from './rows/state-folder.ts';
import { traffic } from './rows/traffic.ts';
import { twoWriters } from './rows/two-writers.ts';
import { vanished } from './rows/vanished.ts';

/** In the order of the table. */
export const rows: readonly Row[] = [
  badFile,
  saves,
  vanished,
  caddyAway,
  frozen,
  brokenWrites,
  twoWriters,
  killed,
  stateFolder,
  manyEdits,
  sameWords,
  traffic,
  saveToLive,
  randomFaultsRow,
];
