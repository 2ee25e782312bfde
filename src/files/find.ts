import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { compareText, sortDiagnostics } from '../diagnostics/order.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { fileProblem, systemReason } from './problem.ts';

/** A file to read: its path below what the operator typed, and the one real path by which it is read only once. */
export interface FoundFile {
  readonly path: string;
  readonly real: string;
}

export interface Found {
  readonly files: readonly FoundFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Whether a file of this name in a folder is a policy. Names with a leading dot are not: hidden files, editors' locks and
 * swap files (`.#x.yaml`, `.x.yaml.swp`), and `..data` and `..2026_…`, where Kubernetes keeps what it links to.
 */
export function isPolicyFile(name: string): boolean {
  return /^[^.].*\.(ya?ml|json)$/is.test(name);
}

/**
 * The policy files at and below the given paths, sorted by the bytes of their paths, whatever the locale. A file named
 * itself is taken whatever its name. Symlinks are followed; what is reached twice is listed once, under its first path.
 */
export async function findFiles(paths: readonly string[], limit: number): Promise<Found> {
  const files: FoundFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    let isFolder: boolean;
    try {
      isFolder = (await stat(path)).isDirectory();
    } catch (error) {
      diagnostics.push(await missing(path, error));
      continue;
    }
    if (!isFolder) {
      files.push({ path: join(path), real: await realPathOf(path) });
      continue;
    }
    const before = files.length;
    const problems = diagnostics.length;
    await walk(path, limit, files, diagnostics);
    if (files.length === before && diagnostics.length === problems) {
      const hint = 'policies are files named *.yaml, *.yml or *.json; names with a leading dot are left out';
      diagnostics.push(
        fileProblem('folder-empty', path, 'this folder holds no policy files', { hint, severity: 'warning' }),
      );
    }
  }
  const known = new Set<string>();
  const once = sortByPath(files).filter(({ real }) => !known.has(real) && known.add(real));
  if (once.length > limit) {
    const message = `more than ${limit} policy files`;
    diagnostics.push(
      fileProblem('too-many-files', paths.join(' '), message, { hint: 'name the folders that are meant' }),
    );
    return { files: [], diagnostics };
  }
  return { files: once, diagnostics: sortDiagnostics(diagnostics) };
}

/** A pipe below /dev/fd has no real path, and a file may go away meanwhile: reading it tells better what is the matter. */
async function realPathOf(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}

function sortByPath(files: readonly FoundFile[]): readonly FoundFile[] {
  return files
    .map((file) => ({ file, bytes: Buffer.from(file.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ file }) => file);
}

/** Fills `files` and `diagnostics`; stops soon after `limit` files, so that a wrong folder does not take minutes. */
async function walk(root: string, limit: number, files: FoundFile[], diagnostics: Diagnostic[]): Promise<void> {
  const visited = new Set<string>();
  const folders = [root];
  for (let path = folders.pop(); path !== undefined && files.length <= limit; path = folders.pop()) {
    let real: string;
    let entries;
    try {
      real = await realpath(path);
      if (visited.has(real)) {
        continue;
      }
      visited.add(real);
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      diagnostics.push(fileProblem('file-unreadable', path, `this folder cannot be read: ${systemReason(error)}`));
      continue;
    }
    // In reverse, because the last folder is taken first: of two ways to one file, the first in order is shown.
    for (const entry of entries.sort((a, b) => compareText(b.name, a.name))) {
      const child = join(path, entry.name);
      if (entry.name.startsWith('.')) {
        continue;
      }
      if (entry.isSymbolicLink()) {
        await follow(child, entry.name, folders, files, diagnostics);
      } else if (entry.isDirectory()) {
        folders.push(child);
      } else if (isPolicyFile(entry.name)) {
        files.push({ path: child, real: join(real, entry.name) });
      }
    }
  }
}

async function follow(
  path: string,
  name: string,
  folders: string[],
  files: FoundFile[],
  diagnostics: Diagnostic[],
): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) {
      folders.push(path);
    } else if (isPolicyFile(name)) {
      files.push({ path, real: await realPathOf(path) });
    }
  } catch (error) {
    if (isPolicyFile(name)) {
      const message = `this symbolic link leads nowhere: ${systemReason(error)}`;
      diagnostics.push(fileProblem('file-missing', path, message, { hint: 'repair or remove the link' }));
    }
  }
}

async function missing(path: string, error: unknown): Promise<Diagnostic> {
  const reason = systemReason(error);
  if (reason !== 'no such file or folder') {
    return fileProblem('file-unreadable', path, `this path cannot be read: ${reason}`);
  }
  const parent = dirname(path);
  const siblings = await readdir(parent).catch(() => []);
  const meant = suggest(basename(path), siblings.sort(compareText));
  const hint =
    meant === undefined
      ? 'name a file or a folder of policies, or run caddyctl where policies/ is'
      : `did you mean \`${join(parent, meant)}\`?`;
  return fileProblem('file-missing', path, reason, { hint });
}
