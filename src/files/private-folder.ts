import { dirname } from 'node:path';
import { type FileSystem, systemFiles } from './file-system.ts';
import { hasCode, systemReason } from './problem.ts';

/** A folder for sockets, keys or state cannot be had as it must be. The message is a sentence for an operator. */
export class FolderUnusable extends Error {
  override readonly name = 'FolderUnusable';
}

/**
 * Makes a folder that only this user can enter, or makes an existing one so. Whoever gets at what is inside, such as the
 * admin socket, can have Caddy serve anything, so a folder of somebody else, or a link to one, is refused. Throws
 * FolderUnusable.
 */
export async function privateFolder(path: string, files: FileSystem = systemFiles): Promise<void> {
  await orUnusable(path, async () => {
    await makeWithParents(path, files);
    const { mode } = await lstatOwn(path, files);
    if ((mode & 0o077) !== 0) await files.chmod(path, 0o700);
  });
}

/** Whether there is one already; changes nothing. Throws FolderUnusable for what is not this user's own folder. */
export async function hasPrivateFolder(path: string, files: FileSystem = systemFiles): Promise<boolean> {
  return await orUnusable(path, async () => {
    try {
      await lstatOwn(path, files);
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  });
}

/** Node's own `recursive` tries for ever below a folder that takes none and calls it missing, as /proc does. */
async function makeWithParents(path: string, files: FileSystem): Promise<void> {
  const make = async (): Promise<void> => {
    try {
      await files.mkdir(path, { mode: 0o700 });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeWithParents(dirname(path), files);
    await make();
  }
}

async function lstatOwn(path: string, files: FileSystem): Promise<{ readonly mode: number }> {
  const found = await files.lstat(path);
  if (!found.isDirectory()) throw new FolderUnusable(`${path} is not a folder`);
  // On Windows there is no owner to ask for.
  if (found.uid !== (process.getuid?.() ?? found.uid)) throw new FolderUnusable(`${path} belongs to another user`);
  return found;
}

async function orUnusable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FolderUnusable) throw error;
    throw new FolderUnusable(`${path} cannot be used as a folder: ${systemReason(error)}`, { cause: error });
  }
}
