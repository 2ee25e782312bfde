import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds since 1970, and waiting. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

const systemClock: Clock = { now: Date.now, sleep: async (ms) => await setTimeout(ms) };

// More than the system's clock for files goes on by in one step, up to 10 ms: so no write can hide in an old time.
const settledAfter = 15;
// Opened to be written anew, a file is empty for some milliseconds before its time changes (ext4, seen up to 10 ms), and so
// an empty file tells nothing by its age.
const emptyAfter = 60;
const longest = 1_000;

/**
 * What `read` makes of an open file when nobody writes to it: the last write lies some milliseconds back, and the file is
 * the same after reading as before. Waits for a writer at most a second, then gives undefined. A file that was written
 * elsewhere and renamed into place is as old as its text, and is read at once.
 */
export async function readSettled<T>(
  handle: Pick<FileHandle, 'stat'>,
  read: () => Promise<T>,
  clock: Clock = systemClock,
): Promise<T | undefined> {
  const deadline = clock.now() + longest;
  let before = await handle.stat();
  for (;;) {
    const rest = restOf(before, clock.now());
    let after = before;
    if (rest > 0) {
      await clock.sleep(rest);
      after = await handle.stat();
    }
    if (isSame(before, after)) {
      const result = await read();
      after = await handle.stat();
      if (isSame(before, after)) return result;
    }
    // Only a change seen gives up: where all stands still for a second, it is this machine that has no time.
    if (clock.now() >= deadline) return undefined;
    before = after;
  }
}

/** How long to wait, in milliseconds, until what is there can be believed if it is still the same. */
function restOf({ size, mtimeMs }: Stats, now: number): number {
  if (size === 0) return emptyAfter;
  const age = now - mtimeMs;
  // A time to come was set by somebody, or by another machine's clock: then only that nothing happens tells.
  return age < 0 ? settledAfter : Math.max(0, settledAfter - age);
}

function isSame(one: Stats, other: Stats): boolean {
  return one.size === other.size && one.mtimeMs === other.mtimeMs && one.ctimeMs === other.ctimeMs;
}
