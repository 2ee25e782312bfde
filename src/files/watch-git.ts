import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

// A lock that nobody took away after a crash must not slow everything down for ever.
const leftBehind = 60_000;
// A path is never longer.
const longestPlace = 8_192;

/** Tells whether git is changing the files of a work tree that these paths lie in: from its first file on to its last. */
export async function gitWatch(paths: readonly string[]): Promise<() => Promise<boolean>> {
  const found = await Promise.all(paths.map((path) => gitFolderOf(resolve(path))));
  const locks = [...new Set(found)]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, 'index.lock'));
  return async () => {
    const held = await Promise.all(locks.map(isHeld));
    return held.includes(true);
  };
}

async function isHeld(lock: string): Promise<boolean> {
  const stats = await lstat(lock).catch(() => undefined);
  return stats !== undefined && Math.abs(Date.now() - stats.mtimeMs) < leftBehind;
}

async function gitFolderOf(path: string): Promise<string | undefined> {
  for (let folder = path, below = ''; folder !== below; below = folder, folder = dirname(folder)) {
    const git = join(folder, '.git');
    const stats = await lstat(git).catch(() => undefined);
    if (stats?.isDirectory()) return git;
    if (stats?.isFile()) {
      // In a second work tree or a submodule it is a file that says where the folder is.
      const text = await beginOf(git).catch(() => '');
      const place = /^gitdir: (.+)$/m.exec(text)?.[1];
      return place === undefined ? undefined : resolve(folder, place);
    }
  }
  return undefined;
}

/** No more of it, and neither through a link nor waiting for the other end of a pipe: anyone may have put it there. */
async function beginOf(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestPlace), 0, longestPlace, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
