import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { compareBytes, compareText, sortDiagnostics } from '../diagnostics/order.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { FoundFile } from './policy-file.ts';
import { fileProblem, systemReason } from './problem.ts';
import { type Root, rootAt } from './roots.ts';
import { walk } from './walk.ts';

export interface Found {
  readonly files: readonly FoundFile[];
  /** What files must lie in that are not named themselves. */
  readonly roots: readonly Root[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Bounds of one search: policy files, and all that folders hold. */
export interface FindLimits {
  readonly files: number;
  readonly entries: number;
}

/**
 * The policy files at and below the given paths, sorted by the bytes of their paths, whatever the locale. A file named
 * itself is taken whatever its name. Symlinks are followed inside of what is named; what is reached twice is listed once,
 * under its own path, or else the first.
 */
export async function findFiles(paths: readonly string[], limits: FindLimits): Promise<Found> {
  const roots: Root[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    try {
      roots.push(await rootAt(path));
    } catch (error) {
      diagnostics.push(await missing(path, error));
    }
  }
  const hint = 'name the folders that are meant';
  const refuse = (code: string, message: string): Found => {
    return { files: [], roots, diagnostics: [fileProblem(code, paths.join(' '), message, { hint })] };
  };
  const walked = await walk(roots, limits.entries);
  if (walked === undefined) {
    return refuse('too-many-entries', `more than ${limits.entries} files and folders to look through`);
  }
  const named = roots
    .filter(({ isFolder }) => !isFolder)
    .map(({ path, real }) => ({ path: join(path), real, isNamed: true, isLinked: false }));
  const files = onlyOnce([...named, ...walked.files]);
  if (files.length > limits.files) return refuse('too-many-files', `more than ${limits.files} policy files`);
  diagnostics.push(...walked.diagnostics, ...walked.empty.map(emptyFolder));
  return { files, roots, diagnostics: sortDiagnostics(diagnostics) };
}

/** By paths. Who owns a file is told by where it lies, so no link from elsewhere may take its place. */
function onlyOnce(files: readonly FoundFile[]): readonly FoundFile[] {
  const sorted = sortByPath(files);
  const known = new Set<string>();
  const ownFirst = [...sorted.filter(({ isLinked }) => !isLinked), ...sorted.filter(({ isLinked }) => isLinked)];
  const kept = new Set(ownFirst.filter(({ real }) => !known.has(real) && known.add(real)));
  return sorted.filter((file) => kept.has(file));
}

function sortByPath(files: readonly FoundFile[]): readonly FoundFile[] {
  return files.toSorted((a, b) => compareBytes(a.path, b.path));
}

function emptyFolder({ path }: Root): Diagnostic {
  const hint = 'policies are files named *.yaml, *.yml or *.json; names with a leading dot are left out';
  return fileProblem('folder-empty', path, 'this folder holds no policy files', { hint, severity: 'warning' });
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
