import { constants, readlinkSync } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { isInside, type Root } from './roots.ts';

// Not blocking: opening a FIFO waits for its other end otherwise, and what was a file a moment ago may be one now.
const toRead = constants.O_RDONLY | constants.O_NONBLOCK;
// What lies on the way may be replaced by others at any moment, as when Kubernetes leads `..data` elsewhere.
const tries = 5;

/** Opens a path for reading wherever it leads, without waiting for anyone. Rejects with a system error. */
export async function openNamed(path: string): Promise<FileHandle> {
  return await open(path, toRead);
}

/** An open file, and where it really lies: whose it is depends on that. */
export interface Opened {
  readonly handle: FileHandle;
  readonly real: string;
}

/**
 * The same of what was found below a root. Undefined where it leads out of all roots by now: a link may have taken the
 * place of a file since it was found, and between any two steps here.
 */
export async function openInside(path: string, roots: readonly Root[]): Promise<Opened | undefined> {
  for (let left = tries; ; left--) {
    const real = await realpath(path);
    if (!isInside(roots, real)) return undefined;
    try {
      const handle = await open(real, toRead | constants.O_NOFOLLOW);
      const opened = await placeOf(handle, real);
      if (opened !== undefined && isInside(roots, opened)) return { handle, real: opened };
      await handle.close();
      if (left <= 1) return undefined;
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}

/**
 * Of what is open, not of what has its name now; undefined where the file is gone. Only Linux tells that. Elsewhere it must
 * be what is there now, and who swaps a link thrice between the calls gets past.
 */
async function placeOf(handle: FileHandle, real: string): Promise<string | undefined> {
  const opened = linkOf(handle);
  if (opened !== undefined) return opened.endsWith(' (deleted)') ? undefined : opened;
  const [one, other] = [await handle.stat({ bigint: true }), await stat(real, { bigint: true })];
  return one.dev === other.dev && one.ino === other.ino ? await realpath(real) : undefined;
}

function linkOf({ fd }: FileHandle): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}
