import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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
  const all = await Promise.all(
    defined.owners.map(async (owner) => ({ ...owner, folders: await foldersOf(owner.rules.folder, path) })),
  );
  return { owners: { file, all, cwd: process.cwd() }, diagnostics };
}

/** Both as written and as it is really called, since a file may be told of by either. */
async function foldersOf(folders: readonly string[], ownersFile: string): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const written = resolve(dirname(ownersFile), folder);
      return [written, await realpath(written).catch(() => written)];
    }),
  );
  return [...new Set(found.flat())];
}
