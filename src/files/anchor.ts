import { constants } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';

/**
 * The folder from which a path must be watched so that nothing about it goes unseen: the parent of the first part of the
 * path that is a symlink or missing, else the parent of the path. A watch on the path itself follows what it found there
 * at its beginning, and sees neither that a link leads elsewhere now nor that another folder has taken the name.
 * Where that folder may not be read, the next one towards the path that may. The result is absolute.
 */
export async function anchorOf(path: string): Promise<string> {
  const absolute = resolve(path);
  const { root } = parse(absolute);
  const parts = absolute.slice(root.length).split(sep);
  let reached = root;
  let solid = 0;
  while (solid < parts.length - 1 && (await isFolder(join(reached, parts[solid] ?? '')))) {
    reached = join(reached, parts[solid++] ?? '');
  }
  while (solid < parts.length && !(await isReadable(reached))) {
    reached = join(reached, parts[solid++] ?? '');
  }
  return reached;
}

/** The anchors of all paths; one below another is left out, because the upper one is watched down to it. */
export async function anchorsOf(paths: readonly string[]): Promise<readonly string[]> {
  const anchors = new Set(await Promise.all(paths.map(anchorOf)));
  return [...anchors].filter((anchor) => {
    for (let above = dirname(anchor), below = anchor; above !== below; below = above, above = dirname(above)) {
      if (anchors.has(above)) return false;
    }
    return true;
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
