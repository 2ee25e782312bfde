import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import type { OwnedSources } from '../../files/read-owned.ts';
import { type Owner, ownerOf, type Owners } from '../../ir/owners/owners.ts';
import { byFile } from './hold-file.ts';
import type { LastServed } from './last-served.ts';
import { isError } from './read-policies.ts';

/** The files of one owner, as they may stand in the set. */
export interface Part {
  readonly files: readonly SourceFile[];
  /** What could not be read. */
  readonly problems: readonly Diagnostic[];
  /** The mistakes of what is not as it was read, by path. */
  readonly held: ReadonlyMap<string, readonly Diagnostic[]>;
}

/** What one owner would change. */
export interface Stake {
  /** Undefined for what is nobody's. */
  readonly owner: Owner | undefined;
  readonly read: Part;
  /** As it was served last; undefined where that would take down what nobody knows the text of. */
  readonly served: readonly SourceFile[] | undefined;
  readonly isChanged: boolean;
}

/** In the order of the operator's file, what is nobody's first. */
export function stakesOf(read: OwnedSources & { readonly owners: Owners }, last: LastServed): Stake[] {
  const whose = (file: Pick<SourceFile, 'path' | 'real'>): Owner | undefined => ownerOf(read.owners, file);
  const files = Map.groupBy(read.sources, whose);
  const before = Map.groupBy(last.files.values(), whose);
  const problems = Map.groupBy(read.diagnostics, ({ place }) => place && whose(place.file));
  const unknown = new Set([...last.paths].filter((path) => !last.files.has(path)).map((path) => whose({ path })));
  return [undefined, ...read.owners.all].map((owner) => {
    const now: Part = { files: files.get(owner) ?? [], problems: problems.get(owner) ?? [], held: new Map() };
    const served = before.get(owner) ?? [];
    const isChanged = owner !== undefined && (now.problems.some(isError) || !isSame(now.files, served));
    return { owner, read: now, served: unknown.has(owner) ? undefined : served, isChanged };
  });
}

/** All of an owner as it was served last: what was never served is left out. */
export function asServed({ read, served = [] }: Stake, mistakes: readonly Diagnostic[]): Part {
  const texts = new Map(served.map(({ path, text }) => [path, text]));
  const theirs = new Set([...read.files, ...read.problems.flatMap(({ place }) => place?.file ?? [])].map(pathOf));
  const bad = byFile(mistakes);
  const isHeld = ({ path, text }: SourceFile): boolean => texts.get(path) !== text || bad.has(path);
  const held = new Map<string, readonly Diagnostic[]>(
    read.files.filter(isHeld).map(({ path }) => [path, bad.get(path) ?? mistakes]),
  );
  for (const [path, why] of bad) if (theirs.has(path)) held.set(path, why);
  return { files: served, problems: [], held };
}

/** The bad files alone as they were served; undefined where that is not known of each, or would change nothing. */
export function withoutBad(part: Part, { served = [] }: Stake, mistakes: readonly Diagnostic[]): Part | undefined {
  const good = new Map(served.map((file) => [file.path, file]));
  const texts = new Map(part.files.map(({ path, text }) => [path, text]));
  const bad = byFile(mistakes);
  const isHoldable = (path: string): boolean => good.has(path) && good.get(path)?.text !== texts.get(path);
  if (bad.size === 0 || ![...bad.keys()].every(isHoldable)) return undefined;
  const files = part.files.filter(({ path }) => !bad.has(path));
  return {
    files: [...files, ...[...bad.keys()].flatMap((path) => good.get(path) ?? [])],
    problems: part.problems.filter(({ place }) => place === undefined || !bad.has(place.file.path)),
    held: new Map([...part.held, ...bad]),
  };
}

function isSame(now: readonly SourceFile[], served: readonly SourceFile[]): boolean {
  const texts = new Map(served.map(({ path, text }) => [path, text]));
  return now.length === served.length && now.every(({ path, text }) => texts.get(path) === text);
}

function pathOf({ path }: SourceFile): string {
  return path;
}
