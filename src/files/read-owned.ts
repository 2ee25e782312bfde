import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { defineOwners } from '../ir/owners/define.ts';
import { environments, type Owners } from '../ir/owners/owners.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { KnownFiles } from './known-files.ts';
import { fileProblem } from './problem.ts';
import { readSources, type Sources } from './read.ts';

/** Policies with the file that says whose they are. */
export interface OwnedSources extends Sources {
  /** `unknown`: what the operator's file says cannot be told, and the diagnostics say why. Absent where there is none. */
  readonly owners?: Owners | 'unknown';
}

/** What the operator's file says; undefined where there is none, or where it cannot be told. */
export function knownOwners({ owners }: Pick<OwnedSources, 'owners'>): Owners | undefined {
  return owners === 'unknown' ? undefined : owners;
}

export interface ReadOwned {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** The operator's file. */
  readonly ownersFile?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For one who reads again and again. */
  readonly known?: KnownFiles | undefined;
}

/** `readSources`, and anew each time who owns what. The operator's file is no policy, wherever it lies. */
export async function readOwnedSources(
  paths: readonly string[],
  { stdin, ownersFile, env, known }: ReadOwned,
): Promise<OwnedSources> {
  if (ownersFile === undefined) return await readSources(paths, { stdin, known });
  const [read, { owners, diagnostics }] = await Promise.all([
    readSources(paths, { stdin, known }),
    readOwners(ownersFile, stdin, env),
  ]);
  const real = await realpath(ownersFile).catch(() => undefined);
  const sources = real === undefined ? read.sources : read.sources.filter((source) => source.real !== real);
  return { sources, owners: owners ?? 'unknown', diagnostics: [...read.diagnostics, ...diagnostics] };
}

/** Mistakes in the policies where some could not be read, so that all are told at once. */
export function mistakesIn({ sources, owners }: OwnedSources, env: ReadOwned['env']): Diagnostic[] {
  // Whose eyes a variable is for is not known then, and a mistake may show it.
  if (owners === 'unknown') return [];
  const envOf = environments(owners, env);
  return sources.flatMap((source) => [...parsePolicy(source, envOf(source)).diagnostics]);
}

async function readOwners(
  path: string,
  stdin: ReadOwned['stdin'],
  env: ReadOwned['env'],
): Promise<{ owners?: Owners; diagnostics: readonly Diagnostic[] }> {
  const { sources, diagnostics } = await readSources([join(path)], { stdin });
  const file = sources.find((source) => source.path === join(path));
  if (file === undefined) {
    const hint = 'name the file that says who owns what';
    const isTold = diagnostics.some(({ severity }) => severity === 'error');
    return { diagnostics: isTold ? diagnostics : [fileProblem('file-not-regular', path, 'this is no file', { hint })] };
  }
  const defined = defineOwners(file, env);
  if (defined.diagnostics.length > 0) return { diagnostics: [...diagnostics, ...defined.diagnostics] };
  const folders = await realFolders(
    dirname(path),
    defined.owners.map(({ rules }) => rules.folder),
  );
  const all = defined.owners.map((owner, index) => ({ ...owner, folders: folders[index] ?? [] }));
  return { owners: { file, all, cwd: process.cwd() }, diagnostics };
}

/**
 * Each as written and as it is really called, since a file may be told of by either. What lies in the folder of another owner
 * is only what it is called there: that one could make it a link to anybody's.
 */
async function realFolders(
  base: string,
  owners: readonly (readonly string[])[],
): Promise<readonly (readonly string[])[]> {
  const all = await Promise.all(
    owners.flatMap((folders, owner) =>
      folders.map(async (folder): Promise<Folder> => {
        const written = resolve(base, folder);
        return { owner, written, real: await realpath(written).catch(() => written) };
      }),
    ),
  );
  const isAsCalled = (one: Folder): boolean => {
    const around = all
      .filter(({ owner, written }) => owner !== one.owner && isWithin(one.written, written))
      .toSorted((a, b) => b.written.length - a.written.length)[0];
    if (around === undefined) return true;
    return isAsCalled(around) && one.real === join(around.real, relative(around.written, one.written));
  };
  return owners.map((_, index) => {
    const own = all.filter(({ owner }) => owner === index);
    return [...new Set(own.flatMap((one) => (isAsCalled(one) ? [one.written, one.real] : [one.written])))];
  });
}

interface Folder {
  readonly owner: number;
  readonly written: string;
  readonly real: string;
}

function isWithin(one: string, other: string): boolean {
  return one !== other && (other === sep || one.startsWith(`${other}${sep}`));
}
