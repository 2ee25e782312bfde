import type { Target } from '../../caddy/target.ts';
import type { Compile } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { OwnedSources } from '../../files/read-owned.ts';
import { type Owner, ownerOf, type Owners } from '../../ir/owners/owners.ts';
import { MOST_ROUNDS } from './hold-file.ts';
import type { LastServed } from './last-served.ts';
import { asServed, type Part, type Stake, stakesOf, withoutBad } from './owner-stake.ts';
import { compileWhole, isError, type ReadPolicies } from './read-policies.ts';

/** What of an owner with a mistake stays as it was served last: the bad files where that is known, or all of its own. */
export type Holding = 'refuse' | 'hold-file';

/**
 * As many owners' files as can be as they are. Where the whole set has mistakes, what each owner changed is judged by what
 * is served of the others: so nobody waits for what another did first, and later does not take back. What was never served
 * is left out. Refuses the whole set where that does not do: what it would take down, or whose mistake it is, is not known.
 */
export function compileByOwner(
  read: OwnedSources & { readonly owners: Owners },
  last: LastServed,
  holding: Holding,
  target: Target,
  compile: Compile,
): ReadPolicies {
  const build = (set: OwnedSources): ReadPolicies => compileWhole(set, target, compile);
  const whole = build(read);
  const mistakes = whole.diagnostics.filter(isError);
  if (mistakes.length === 0) return whole;
  const set = new HeldSet(read, whole, stakesOf(read, last), build);
  const places = mistakes.flatMap(({ place, related = [] }) => [place, ...related.map((each) => each.place)]);
  const suspects = new Set(places.map((place) => place && ownerOf(read.owners, place.file)));
  set.admit(set.waiting.filter(({ owner }) => !suspects.has(owner)));
  // One may need what another brings, or gives up: a few times, for two may not agree.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (const stake of set.waiting) set.admitOne(stake, holding);
  }
  return set.best() ?? { ...whole, held: new Map() };
}

class HeldSet {
  /** Those whose files are not all as they were read. */
  waiting: readonly Stake[];
  /** How often what stands became something else, and when each was tried last. */
  #changes = 0;
  readonly #tried = new Map<Stake, number>();
  /** Those of whom something that was changed stands. */
  readonly #admitted = new Set<Stake>();
  readonly #read: OwnedSources & { readonly owners: Owners };
  readonly #whole: ReadPolicies;
  readonly #build: (set: OwnedSources) => ReadPolicies;
  readonly #stakes: readonly Stake[];
  #standing: ReadonlyMap<Owner | undefined, Part>;
  #best: ReadPolicies | undefined;

  constructor(
    read: OwnedSources & { readonly owners: Owners },
    whole: ReadPolicies,
    stakes: readonly Stake[],
    build: (set: OwnedSources) => ReadPolicies,
  ) {
    this.#read = read;
    this.#whole = whole;
    this.#build = build;
    this.#stakes = stakes;
    const changed = stakes.filter(({ isChanged }) => isChanged);
    // What cannot be as it was stands as it is, until some of it can: it is looked at first, for nothing is well before.
    this.waiting = changed.toSorted((a, b) => Number(a.served !== undefined) - Number(b.served !== undefined));
    this.#standing = new Map(
      stakes.map((stake) => [
        stake.owner,
        stake.isChanged && stake.served !== undefined ? asServed(stake, []) : stake.read,
      ]),
    );
  }

  /** All of these as they were read, or none. */
  admit(stakes: readonly Stake[]): void {
    if (stakes.length === 0) return;
    if (this.#try(new Map(stakes.map(({ owner, read }) => [owner, read]))).length === 0) this.#isDone(stakes);
  }

  /** As it was read, or as much of it as can be, unless it was tried already beside what stands now. */
  admitOne(stake: Stake, holding: Holding): void {
    if (this.#tried.get(stake) === this.#changes) return;
    this.#asMuchAsCanBe(stake, holding);
    this.#tried.set(stake, this.#changes);
  }

  #asMuchAsCanBe(stake: Stake, holding: Holding): void {
    const { owner, read, served } = stake;
    let part: Part | undefined = read;
    let why: readonly Diagnostic[] | undefined;
    for (let round = 0; part !== undefined && round < MOST_ROUNDS; round++) {
      const mistakes = this.#try(new Map([[owner, part]]));
      if (mistakes.length === 0) {
        this.#admitted.add(stake);
        if (part === read) this.#isDone([stake]);
        return;
      }
      why ??= this.#ofOwner(owner, mistakes);
      part = holding === 'hold-file' ? withoutBad(part, stake, this.#ofOwner(owner, mistakes)) : undefined;
    }
    // What stands of it already, beside what stands of the others, is proved.
    if (served === undefined || this.#admitted.has(stake)) return;
    this.#standing = new Map([...this.#standing, [owner, asServed(stake, why ?? [])]]);
  }

  /** Undefined where nothing of it does. */
  best(): ReadPolicies | undefined {
    if (this.#best === undefined) this.#try(new Map());
    return (
      this.#best && { ...this.#best, held: new Map([...this.#standing.values()].flatMap(({ held }) => [...held])) }
    );
  }

  /** The mistakes that these make beside what stands; without any it stands from now on. */
  #try(parts: ReadonlyMap<Owner | undefined, Part>): readonly Diagnostic[] {
    const standing = new Map([...this.#standing, ...parts]);
    const isAsRead = this.#stakes.every(({ owner, read }) => standing.get(owner) === read);
    const all = [...standing.values()];
    const sources = all.flatMap(({ files }) => files);
    const diagnostics = all.flatMap(({ problems }) => problems);
    const built = isAsRead ? this.#whole : this.#build({ ...this.#read, sources, diagnostics });
    const mistakes = built.diagnostics.filter(isError);
    if (mistakes.length > 0) return mistakes;
    if ([...parts].some(([owner, part]) => !isSame(part, this.#standing.get(owner)))) this.#changes++;
    this.#standing = standing;
    this.#best = built;
    return [];
  }

  #isDone(stakes: readonly Stake[]): void {
    this.waiting = this.waiting.filter((each) => !stakes.includes(each));
  }

  /** Those in its own files; where there are none, it is something of its own that others cannot stand. */
  #ofOwner(owner: Owner | undefined, mistakes: readonly Diagnostic[]): readonly Diagnostic[] {
    const own = mistakes.filter(({ place }) => place && ownerOf(this.#read.owners, place.file) === owner);
    return own.length > 0 ? own : mistakes;
  }
}

function isSame(part: Part, other: Part | undefined): boolean {
  const files = new Set(other?.files);
  return part.files.length === files.size && part.files.every((file) => files.has(file));
}
