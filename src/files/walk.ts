import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { compareText } from '../diagnostics/order.ts';
import { type FoundFile, isPolicyFile } from './policy-file.ts';
import { fileProblem, systemReason } from './problem.ts';
import { isInside, type Root } from './roots.ts';

interface Walked {
  readonly files: readonly FoundFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Folders of the operator's where there was nothing to read and nothing the matter. */
  readonly empty: readonly Root[];
}

interface Step {
  readonly path: string;
  readonly root: Root;
  readonly isLinked: boolean;
}

/**
 * The policies below the roots, and what is the matter there. Links are followed as long as they stay inside. Undefined
 * where folders hold more entries than `limit`, hidden ones included: a wrong folder would take minutes.
 */
export async function walk(roots: readonly Root[], limit: number): Promise<Walked | undefined> {
  const files: FoundFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const telling = new Set<Root>();
  const visited = new Set<string>();
  const folders: Step[] = roots
    .filter(({ isFolder }) => isFolder)
    .map((root) => ({ path: root.path, root, isLinked: false }))
    .reverse();
  // Last: a folder in its own place goes before all links to it.
  const links: Step[] = [];
  let left = limit;

  function take(root: Root, file: FoundFile): void {
    telling.add(root);
    files.push(file);
  }

  function report(root: Root, diagnostic: Diagnostic): void {
    telling.add(root);
    diagnostics.push(diagnostic);
  }

  async function follow(root: Root, path: string, name: string): Promise<void> {
    try {
      if ((await stat(path)).isDirectory()) links.push({ path, root, isLinked: true });
      else if (isPolicyFile(name)) {
        const real = await realpath(path);
        if (isInside(roots, real)) take(root, { path, real, isNamed: false, isLinked: true });
        else report(root, leadsOut(path));
      }
    } catch (error) {
      if (!isPolicyFile(name)) return;
      const message = `this symbolic link leads nowhere: ${systemReason(error)}`;
      report(root, fileProblem('file-missing', path, message, { hint: 'repair or remove the link' }));
    }
  }

  async function entriesOf(folder: string): Promise<Dirent[]> {
    const entries: Dirent[] = [];
    for await (const entry of await opendir(folder, { bufferSize: 1_024 })) {
      if (--left < 0) break;
      if (!entry.name.startsWith('.')) entries.push(entry);
    }
    return entries;
  }

  async function look({ path, root, isLinked }: Step): Promise<void> {
    let real: string;
    let entries;
    try {
      real = await realpath(path);
      if (visited.has(real)) return;
      visited.add(real);
      if (!isInside(roots, real)) return report(root, leadsOut(path));
      entries = await entriesOf(real);
    } catch (error) {
      return report(root, fileProblem('file-unreadable', path, `this folder cannot be read: ${systemReason(error)}`));
    }
    // Joined once: of ten thousand names each join costs more than its look.
    const [below, reallyBelow] = [pathBelow(path), pathBelow(real)];
    // In reverse, because the last folder is taken first: of two ways to one file, the first in order is shown.
    for (const entry of entries.sort((a, b) => compareText(b.name, a.name))) {
      const child = below + entry.name;
      if (entry.isSymbolicLink()) await follow(root, child, entry.name);
      else if (entry.isDirectory()) folders.push({ path: child, root, isLinked });
      else if (isPolicyFile(entry.name))
        take(root, { path: child, real: reallyBelow + entry.name, isNamed: false, isLinked });
    }
  }

  for (let step = folders.pop(); step !== undefined; step = folders.pop() ?? links.pop()) {
    await look(step);
    if (left < 0) return undefined;
  }
  const empty = roots.filter(
    (root) => root.isFolder && !telling.has(root) && !files.some(({ real }) => isInside([root], real)),
  );
  return { files, diagnostics, empty };
}

/** What stands before a name in this folder. */
function pathBelow(folder: string): string {
  return join(folder, '_').slice(0, -1);
}

/** Of a link, or of what has become one; where it leads is the business of nobody who reads diagnostics. */
export function leadsOut(path: string): Diagnostic {
  const message = 'this symbolic link leads out of the folders that are read';
  const hint = 'name what it leads to on the command line as well, or put a copy here';
  return fileProblem('link-outside', path, message, { hint });
}
