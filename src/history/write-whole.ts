import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FileSystem } from '../files/file-system.ts';
import { hasCode } from '../files/problem.ts';

/** What a write that was killed leaves behind. */
export const UNFINISHED = /^\..*\.tmp$/;

/**
 * Writes a file of only this user's that, whatever happens meanwhile, is there as a whole or not at all, and that stays once
 * this has resolved, also when the power fails. Its text comes in pieces. Rejects with a system error.
 */
export async function writeWhole(
  files: FileSystem,
  folder: string,
  name: string,
  pieces: readonly string[],
): Promise<void> {
  const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await files.open(temporary, 'wx', 0o600);
    try {
      for (const piece of pieces) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(temporary, join(folder, name));
  } catch (error) {
    await files.unlink(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(files, folder);
}

/** Without it a power failure may take back what was renamed or removed. */
export async function syncFolder(files: FileSystem, folder: string): Promise<void> {
  const handle = await files.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems cannot do it for folders; more than they give cannot be had.
    if (!hasCode(error, 'EINVAL')) throw error;
  } finally {
    await handle.close();
  }
}
