import { stat } from 'node:fs/promises';
import type { Turn } from './turn.ts';

/** What was saved longer ago was not waited for: the daemon was not there, or could not. */
const longest = 60_000;

/**
 * Milliseconds from when the last of the files that this turn brought was saved, by the file's change time, which a rename
 * moves too. Undefined where none was.
 */
export async function saveToLive({ changed }: Turn, now: number): Promise<number | undefined> {
  const times = await Promise.all(
    changed.slice(0, 1_000).map(async (path) => (await stat(path).catch(() => undefined))?.ctimeMs ?? -Infinity),
  );
  const took = now - Math.max(...times, -Infinity);
  return took >= 0 && took < longest ? took : undefined;
}
