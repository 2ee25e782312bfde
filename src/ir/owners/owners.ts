import { posix } from 'node:path';
import type { SourceFile } from '../../diagnostics/position.ts';
import { isVariableOf, type OwnerRules } from '../../policy/schema/owners.ts';
import type { Origin } from '../origin.ts';

/** Those who write the policies of a set, and what the operator lets each of them do. */
export interface Owners {
  readonly file: SourceFile;
  readonly all: readonly Owner[];
  /** Where a path begins that is not absolute. */
  readonly cwd: string;
}

export interface Owner {
  readonly name: string;
  readonly rules: OwnerRules;
  /** Absolute: as the operator wrote them, and where links have led. */
  readonly folders: readonly string[];
  /** Of the rules. */
  readonly origin: Origin;
}

/**
 * Whose file this is: of the innermost folder that it is really in, and where that is nobody's, of the one that its path
 * names. A link in one's own folder to the file of another makes it nobody else's.
 */
export function ownerOf({ all, cwd }: Owners, { path, real }: Pick<SourceFile, 'path' | 'real'>): Owner | undefined {
  return (real === undefined ? undefined : innermost(all, real)) ?? innermost(all, posix.resolve(cwd, path));
}

function innermost(all: readonly Owner[], path: string): Owner | undefined {
  let found: { owner: Owner; length: number } | undefined;
  for (const owner of all) {
    for (const folder of owner.folders) {
      const isWithin = folder === '/' || path === folder || path.startsWith(`${folder}/`);
      if (isWithin && folder.length > (found?.length ?? -1)) found = { owner, length: folder.length };
    }
  }
  return found?.owner;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that each file may name: caddyctl's environment is not for everybody's eyes. */
export function environments(owners: Owners | undefined, env: Environment): (file: SourceFile) => Environment {
  if (owners === undefined) return () => env;
  const known = new Map<Owner | undefined, Environment>();
  return (file) => {
    const owner = ownerOf(owners, file);
    const allowed = known.get(owner) ?? allowedOf(env, owner?.rules.variables ?? []);
    known.set(owner, allowed);
    return allowed;
  };
}

function allowedOf(env: Environment, rules: readonly string[]): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => isVariableOf(rules, name)));
}
