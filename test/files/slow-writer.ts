import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { textOf } from './watch-ways.ts';

/** One save, and the most by which the file looked untouched in the midst of it, in milliseconds. */
export interface Saved {
  readonly round: number;
  readonly longestStill: number;
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A process that saves a file in place, in pieces, with a rest after each save, until it is told to end. */
const path = process.argv[2] ?? '';

function save(round: number): Saved {
  const text = textOf(round, path, 40);
  let last = performance.now();
  let longestPause = 0;
  let longestLag = 0;
  const file = openSync(path, 'w');
  // The system's clock for files stands still where the machine is held up, and what is written then looks old at once.
  const noteLag = (): void => {
    longestLag = Math.max(longestLag, Date.now() - fstatSync(file).mtimeMs);
  };
  noteLag();
  for (let start = 0; start < text.length; start += 200) {
    pause(1);
    writeSync(file, text.slice(start, start + 200));
    noteLag();
    const now = performance.now();
    longestPause = Math.max(longestPause, now - last);
    last = now;
  }
  closeSync(file);
  return { round, longestStill: longestPause + longestLag };
}

const ending = new AbortController();
process.once('message', () => ending.abort());
for (let round = 1; !ending.signal.aborted && process.connected; round++) {
  const saved = save(round);
  await new Promise((resolve) => process.send?.(saved, resolve));
  await setTimeout(40);
}
if (process.connected) process.disconnect();
