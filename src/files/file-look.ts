import type { Stats } from 'node:fs';

/** What tells a file from itself before a write: each write gives it another `ctime`, which nobody can set. */
export type FileLook = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/** Without the rest of what the system told, to be kept. */
export function fileLook({ dev, ino, size, mtimeMs, ctimeMs }: FileLook): FileLook {
  return { dev, ino, size, mtimeMs, ctimeMs };
}

export function isSameLook(one: FileLook, other: FileLook): boolean {
  return (
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs
  );
}
