import { chmod, lstat, mkdir } from 'node:fs/promises';
import { systemReason } from '../files/problem.ts';

/** A folder for sockets and keys cannot be had as it must be. The message is a sentence for an operator. */
export class FolderUnusable extends Error {
  override readonly name = 'FolderUnusable';
}

/**
 * Makes a folder that only this user can enter, or makes an existing one so. Whoever gets at the admin socket inside can
 * have Caddy serve anything, so a folder of somebody else, or a link to one, is refused. Throws FolderUnusable.
 */
export async function privateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    if (!found.isDirectory()) throw new FolderUnusable(`${path} is not a folder`);
    // On Windows there is no owner to ask for.
    if (found.uid !== (process.getuid?.() ?? found.uid)) throw new FolderUnusable(`${path} belongs to another user`);
    if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
  } catch (error) {
    if (error instanceof FolderUnusable) throw error;
    throw new FolderUnusable(`${path} cannot be used as a folder: ${systemReason(error)}`, { cause: error });
  }
}
