import type { Target } from '../../caddy/target.ts';
import type { Compile } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import type { OwnedSources } from '../../files/read-owned.ts';
import { type Owner, ownerOf, type Owners } from '../../ir/owners/owners.ts';
import { byFile } from './hold-file.ts';
import type { LastServed } from './last-served.ts';
import { compileWhole, isError, type ReadPolicies } from './read-policies.ts';

/** What of an owner with a mistake stays as it was served last: the bad files where that is known, or all of its own. */
export type Holding = 'refuse' | 'hold-file';

/**
 * As many owners' files as can be as they are. The mistakes of one hold only what is that one's; what was never served of it
 * is left out. Refuses the whole set where that does not do: what it would take down, or whose mistake it is, is not known.
 */
export function compileByOwner(
  read: OwnedSources & { readonly owners: Owners },
  last: LastServed,
  holding: Holding,
  target: Target,
  compile: Compile,
): ReadPolicies {
  const set = new HeldSet(read, last);
  for (;;) {
    const compiled = compileWhole(set.now(), target, compile);
    const mistakes = compiled.diagnostics.filter(isError);
    if (mistakes.length === 0) return { ...compiled, held: set.held };
    if (set.hold(mistakes, holding)) continue;
    const others = [...set.held.values()].flat();
    return { ...compiled, held: new Map(), diagnostics: [...new Set([...others, ...compiled.diagnostics])] };
  }
}

class HeldSet {
  /** The mistakes of what is not as it was read, by path. */
  readonly held = new Map<string, readonly Diagnostic[]>();
  readonly #read: OwnedSources & { readonly owners: Owners };
  readonly #last: LastServed;
  readonly #frozen = new Set<Owner>();
  #files: Map<string, SourceFile>;
  #problems: readonly Diagnostic[];

  constructor(read: OwnedSources & { readonly owners: Owners }, last: LastServed) {
    this.#read = read;
    this.#last = last;
    this.#files = new Map(read.sources.map((file) => [file.path, file]));
    this.#problems = read.diagnostics;
  }

  now(): OwnedSources {
    return { ...this.#read, sources: [...this.#files.values()], diagnostics: this.#problems };
  }

  /** Holds something more on account of the mistakes; false where nothing is left to hold. */
  hold(mistakes: readonly Diagnostic[], holding: Holding): boolean {
    const byOwner = new Map<Owner, Diagnostic[]>();
    for (const mistake of mistakes) {
      const owner = mistake.place && this.#whose(mistake.place.file);
      // What is nobody's is for the operator to mend.
      if (owner === undefined) return false;
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), mistake]);
    }
    const changed = [...byOwner].filter(([owner]) => this.#isChanged(owner));
    if (changed.length > 0) return changed.map(([owner, why]) => this.#holdOf(owner, why, holding)).every(Boolean);
    // It shows in files that are as they were: then what somebody else changed is the reason.
    const others = this.#read.owners.all.filter((owner) => this.#isChanged(owner));
    return others.length > 0 && others.map((owner) => this.#freeze(owner, mistakes)).every(Boolean);
  }

  #holdOf(owner: Owner, why: readonly Diagnostic[], holding: Holding): boolean {
    const bad = byFile(why);
    const isKnown = [...bad.keys()].every((path) => this.#isHoldable(path, owner));
    if (holding === 'refuse' || !isKnown) return this.#freeze(owner, why);
    for (const [path, mistakes] of bad) {
      const file = this.#last.files.get(path);
      if (file !== undefined) this.#files.set(path, file);
      this.held.set(path, mistakes);
    }
    this.#problems = this.#problems.filter(({ place }) => place === undefined || !bad.has(place.file.path));
    return true;
  }

  /** A path that led to another's file before is not one's own to go back to. */
  #isHoldable(path: string, owner: Owner): boolean {
    const last = this.#last.files.get(path);
    return last !== undefined && this.#whose(last) === owner && last.text !== this.#files.get(path)?.text;
  }

  /** All of an owner as it was served last; false where that would take down what nobody knows the text of. */
  #freeze(owner: Owner, why: readonly Diagnostic[]): boolean {
    this.#frozen.add(owner);
    const isTheirs = (file: Pick<SourceFile, 'path' | 'real'>): boolean => this.#whose(file) === owner;
    const { files, paths } = this.#last;
    if ([...paths].some((path) => !files.has(path) && isTheirs({ path }))) return false;
    const bad = byFile(why);
    const before = [...files.values()].filter(isTheirs);
    for (const file of this.#read.sources.filter(isTheirs)) {
      this.#files.delete(file.path);
      if (files.get(file.path)?.text !== file.text) this.held.set(file.path, bad.get(file.path) ?? why);
    }
    for (const [path, mistakes] of bad) if (isTheirs({ path })) this.held.set(path, mistakes);
    for (const file of before) this.#files.set(file.path, file);
    this.#problems = this.#problems.filter(({ place }) => place === undefined || !isTheirs(place.file));
    return true;
  }

  /** Whether it has anything that was not served so, and that is not held yet. */
  #isChanged(owner: Owner): boolean {
    if (this.#frozen.has(owner)) return false;
    const isTheirs = (file: SourceFile): boolean => this.#whose(file) === owner;
    const now = [...this.#files.values()].filter(isTheirs);
    const before = [...this.#last.files.values()].filter(isTheirs);
    const isSame =
      now.length === before.length && now.every(({ path, text }) => this.#last.files.get(path)?.text === text);
    return (
      !isSame || this.#problems.some(({ severity, place }) => severity === 'error' && place && isTheirs(place.file))
    );
  }

  #whose(file: Pick<SourceFile, 'path' | 'real'>): Owner | undefined {
    return ownerOf(this.#read.owners, file);
  }
}
