import type { SourceFile } from '../diagnostics/position.ts';
import { type Owner, ownerOf, type Owners } from './owners/owners.ts';

/** How names of services and presets are told apart. */
export interface Names {
  /** Equal where names are told apart alike. */
  readonly key: string;
  /** Under what a name is kept that this file defines. */
  kept(name: string, file: SourceFile): string;
  /** Under what it may be kept that a name in this file means, the nearest first. */
  meant(name: string, file: SourceFile): readonly string[];
  /** How this file would write what is kept so; undefined for what it cannot name. */
  written(kept: string, file: SourceFile): string | undefined;
  /** Whose names they are; undefined where all are one's own. */
  ownerOf(file: SourceFile): Owner | undefined;
  /** How many have names of their own, at least 1. */
  readonly owners: number;
}

/** Without owners a name is one over the whole set. */
export const namesOfAll: Names = {
  key: '',
  kept: (name) => name,
  meant: (name) => [name],
  written: (kept) => kept,
  ownerOf: () => undefined,
  owners: 1,
};

/** Each owner has names of its own, so that none can take another's: what it means is its own, what it may use, or shipped. */
export function namesByOwner(owners: Owners): Names {
  const known = new Map<SourceFile, Owner | undefined>();
  const whose = (file: SourceFile): Owner | undefined => {
    if (!known.has(file)) known.set(file, ownerOf(owners, file));
    return known.get(file);
  };
  const meant = (name: string, file: SourceFile): readonly string[] => {
    const owner = whose(file);
    if (owner === undefined) return [name];
    return [`${owner.name}/${name}`, ...owner.rules.use.filter((grant) => grant.endsWith(`/${name}`)), name];
  };
  return {
    key: JSON.stringify([owners.cwd, owners.all.map(({ name, folders, rules }) => [name, folders, rules.use])]),
    ownerOf: whose,
    owners: Math.max(1, owners.all.length),
    kept(name, file) {
      const owner = whose(file);
      return owner === undefined ? name : `${owner.name}/${name}`;
    },
    meant,
    written(kept, file) {
      const name = kept.slice(kept.indexOf('/') + 1);
      return meant(name, file).includes(kept) ? name : undefined;
    },
  };
}

/** What a name of this file means, if there is such a thing. */
export function named<T>(
  all: ReadonlyMap<string, T>,
  names: Names,
  name: string,
  file: SourceFile,
): { readonly kept: string; readonly value: T } | undefined {
  for (const kept of names.meant(name, file)) {
    const value = all.get(kept);
    if (value !== undefined) return { kept, value };
  }
  return undefined;
}

/** The names that this file can write. */
export function writable(all: ReadonlyMap<string, unknown>, names: Names, file: SourceFile): string[] {
  return [...all.keys()].flatMap((kept) => names.written(kept, file) ?? []);
}

/** What to do about a name that is another owner's; undefined where nobody has it. */
export function foreignHint(all: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const other = [...all.keys()].find((kept) => kept.endsWith(`/${name}`));
  return other && `${other} is another owner's: whoever runs this Caddy can allow it with "use: [${other}]"`;
}
