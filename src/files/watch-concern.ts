import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { isPolicyFile } from './policy-file.ts';

/** Which paths matter for the roots: they themselves, the folders that lead to them, and what is in them. */
export interface Concern {
  isOnTheWay(path: string): boolean;
  isBelow(path: string): boolean;
  /** Whether a path of any kind needs watching. */
  covers(path: string): boolean;
  /** Whether a file of this name would be read. */
  isSource(path: string): boolean;
}

export function concernOf(paths: readonly string[]): Concern {
  const roots = new Set(paths.map((path) => resolve(path)));
  const onTheWay = new Set(roots);
  for (const root of roots) {
    for (let above = dirname(root), below = root; above !== below; below = above, above = dirname(above)) {
      onTheWay.add(above);
    }
  }
  const isBelow = (path: string): boolean => [...roots].some((root) => path !== root && isWithin(root, path));
  return {
    isOnTheWay: (path) => onTheWay.has(path),
    isBelow,
    covers: (path) => onTheWay.has(path) || (isBelow(path) && !isHidden(basename(path))),
    isSource: (path) => roots.has(path) || isPolicyFile(basename(path)),
  };
}

/**
 * Tells of each symlink to a folder whether its target is watched already, by its own path or through another link. A few
 * links to each other's folders would else be followed in every order that there is, until the memory is full.
 */
export function watchedTwice(paths: readonly string[], concern: Concern): (link: string) => boolean {
  const followed = new Map<string, string>();
  return (link) => {
    if (concern.isOnTheWay(link)) return false;
    followed.delete(link);
    const target = folderBehind(link);
    if (target === undefined) return false;
    const isKnown =
      paths.some((path) => isWatchedBelow(resolve(path), target) || isWatchedBelow(folderBehind(path), target)) ||
      [...followed.values()].some((other) => isWatchedBelow(other, target));
    if (!isKnown) followed.set(link, target);
    return isKnown;
  };
}

function isWatchedBelow(folder: string | undefined, path: string): boolean {
  if (folder === undefined || !isWithin(folder, path)) return false;
  return !relative(folder, path).split(sep).some(isHidden);
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Hidden folders are not read, and .git alone would be hundreds; but what Kubernetes links to begins with two dots. */
function isHidden(name: string): boolean {
  return /^\.(?!\.)/.test(name);
}

function folderBehind(link: string): string | undefined {
  try {
    const real = realpathSync(link);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}
