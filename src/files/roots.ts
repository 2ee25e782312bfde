import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';

/** A path that the operator named and that is there. */
export interface Root {
  readonly path: string;
  /** Without links. That of a pipe below /dev/fd is its path, since it has no other. */
  readonly real: string;
  readonly isFolder: boolean;
}

/** Rejects with a system error. */
export async function rootAt(path: string): Promise<Root> {
  const isFolder = (await stat(path)).isDirectory();
  return { path, real: isFolder ? await realpath(path) : await realpath(path).catch(() => path), isFolder };
}

/**
 * Whether a real path lies where the operator pointed. Whoever may write into a folder could else link to any file of this
 * machine, and would be told a line of it in a diagnostic.
 */
export function isInside(roots: readonly Root[], real: string): boolean {
  return roots.some((root) => real === root.real || (root.isFolder && real.startsWith(withSeparator(root.real))));
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}
