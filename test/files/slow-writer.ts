import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { textOf } from './watch-ways.ts';

/** One save, and the longest time between two of its pieces, in milliseconds. */
export interface Saved {
  readonly round: number;
  readonly longestPause: number;
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
  const file = openSync(path, 'w');
  for (let start = 0; start < text.length; start += 200) {
    pause(1);
    writeSync(file, text.slice(start, start + 200));
    const now = performance.now();
    longestPause = Math.max(longestPause, now - last);
    last = now;
  }
  closeSync(file);
  return { round, longestPause };
}

const ending = new AbortController();
process.once('message', () => ending.abort());
for (let round = 1; !ending.signal.aborted && process.connected; round++) {
  const saved = save(round);
  await new Promise((resolve) => process.send?.(saved, resolve));
  await setTimeout(40);
}
if (process.connected) process.disconnect();
