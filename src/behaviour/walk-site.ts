import { pathTest } from '../explain/match/path.ts';
import type { Route } from '../ir/model.ts';
import type { PathPattern } from '../policy/schema/path.ts';
import { type Case, casesOf } from './cases.ts';
import { meaningOf } from './meaning.ts';
import { type Leaf, keyOf, type PathNode, pathTree } from './paths/tree.ts';
import { type PathTerm, termsOf } from './paths/terms.ts';
import { answering, candidates, indexOf, modifiersOf, type Side } from './side.ts';
import type { Change } from './compare.ts';
import { spaceOf } from './space/space.ts';
import { written } from './space/path-shape.ts';
import { type LeafChange, type Walked, walkLeaf } from './walk-leaf.ts';

/** A change of a site, and for which of its requests. */
export interface SiteChange {
  readonly change: Change;
  readonly paths: readonly PathTerm[];
  readonly cases: readonly Case[];
  readonly example: LeafChange['example'];
  readonly provided: readonly string[];
  /** By the patterns that take a path: where exactly it shows. */
  readonly places: ReadonlyMap<string, LeafChange>;
}

export interface SiteWalk {
  readonly changes: readonly SiteChange[];
  /** The patterns that a path takes, as the keys of `places` have them. */
  readonly placeOf: (path: string) => string;
  /** What was not looked at, a sentence each. */
  readonly notes: readonly string[];
}

/** Everything that changes between two sites of one host. */
export function walkSite(old: Side, now: Side, host: string): SiteWalk {
  const sides = [old, now] as const;
  const patterns = sides.flatMap(({ stand: { site } }) => [
    ...site.routes.map(({ pattern }) => pattern),
    ...streams(site.routes),
  ]);
  const placeOf = placesBy(patterns);
  const tree = pathTree(patterns);
  if (tree === undefined)
    return { changes: [], placeOf, notes: ['its paths have too many "*" to be looked at one by one'] };
  const walker = new Walker(old, now, host, placeOf);
  const found = new Map<
    string,
    { change: Change; cases: readonly Case[]; places: Map<string, LeafChange>; leaves: Set<Leaf> }
  >();
  for (const leaf of leavesOf(tree)) {
    for (const each of walker.walk(leaf).changes) {
      const cases = casesOf(each);
      const key = JSON.stringify([each.change, cases]);
      const known = found.get(key) ?? { change: each.change, cases, places: new Map(), leaves: new Set() };
      found.set(key, known);
      known.leaves.add(leaf);
      known.places.set(placeKey(leaf.taken), each);
    }
  }
  const changes = [...found.values()].map(({ change, cases, places, leaves }): SiteChange => {
    const [leaf] = leaves;
    const first = places.get(placeKey(leaf?.taken ?? [])) as LeafChange;
    return {
      change,
      cases,
      places,
      paths: termsOf(tree, (each) => leaves.has(each)),
      example: first.example,
      provided: first.provided,
    };
  });
  return { changes, placeOf, notes: walker.notes() };
}

function* leavesOf(node: PathNode): Generator<Leaf> {
  yield* node.leaves;
  for (const child of node.children) yield* leavesOf(child);
}

function placeKey(taken: readonly string[]): string {
  return [...new Set(taken)].toSorted().join('\n');
}

function placesBy(patterns: readonly PathPattern[]): (path: string) => string {
  const tests = [...new Map(patterns.map((pattern) => [keyOf(pattern), pattern]))].map(
    ([key, pattern]) => [key, pathTest(pattern)] as const,
  );
  return (path) => placeKey(tests.flatMap(([key, takes]) => (takes(path) ? [key] : [])));
}

/** What compression leaves alone. */
function streams(routes: readonly Route[]): PathPattern[] {
  return routes.flatMap(({ handler, modifiers }) =>
    handler.kind === 'proxy' && modifiers.compress ? handler.upstream.facts.streams : [],
  );
}

/** Leaves that the same routes get are walked once. */
class Walker {
  readonly #met = new Set<string>();
  readonly #unmet = new Set<string>();
  #isPartial = false;
  readonly #sides: readonly [Side, Side];
  readonly #host: string;
  readonly #placeOf: (path: string) => string;
  readonly #indexes: readonly ReadonlyMap<string, readonly number[]>[];
  readonly #isSameAround: boolean;
  readonly #known = new Map<string, Walked>();

  constructor(old: Side, now: Side, host: string, placeOf: (path: string) => string) {
    this.#sides = [old, now];
    this.#host = host;
    this.#placeOf = placeOf;
    this.#indexes = [old, now].map(({ stand: { site } }) => indexOf(site));
    this.#isSameAround = aroundOf(old) === aroundOf(now);
  }

  /** What was not looked at, a sentence each. */
  notes(): string[] {
    const unmet = [...this.#unmet].filter((each) => !this.#met.has(each));
    return [
      ...unmet.map((each) => `no path was found for ${each}: what only such a path shows is missing`),
      ...(this.#isPartial ? ['so much is matched that only each two of the matchers were combined'] : []),
    ];
  }

  walk(leaf: Leaf): Walked {
    const [old = [], now = []] = this.#sides.map(({ stand: { site } }, at) =>
      candidates(this.#indexes[at] ?? new Map<string, never>(), site, leaf.taken),
    );
    const [was, is] = [old, now].map((routes) => routes.map(meaningOf).join('\n'));
    if (this.#isSameAround && was === is) return { changes: [], isPartial: false };
    const key = `${was}\n\n${is}\n\n${[...old, ...now].some(dependsOnPath) ? leaf.path + leaf.kind : ''}`;
    const known = this.#known.get(key);
    if (known) return known;
    const walked = this.#walkAnew(leaf, old, now);
    this.#known.set(key, walked);
    return walked;
  }

  #walkAnew(leaf: Leaf, old: readonly Route[], now: readonly Route[]): Walked {
    const [before, after] = this.#sides;
    const { address } = before.stand;
    const here = placeKey(leaf.taken);
    const space = spaceOf({
      leaf,
      routes: [...old, ...now],
      modifiers: [...modifiersOf(before.stand.site, old), ...modifiersOf(after.stand.site, now)],
      trusted: [...new Set(this.#sides.flatMap(({ listener }) => listener.trusted))],
      isSocket: address.startsWith('unix/'),
      isSaidByProxies: this.#sides.some(({ stand }) => stand.onlyToHttps) || believedBy(before) !== believedBy(after),
      isThere: (path) => this.#placeOf(path) === here && decodeURIComponent(written(path)) === path,
    });
    for (const each of space.met) this.#met.add(each);
    for (const each of space.unmet) this.#unmet.add(each);
    const walked = walkLeaf(space, {
      at: address,
      host: this.#host,
      tls: before.listener.tls,
      before: answering(before, this.#host, old),
      after: answering(after, this.#host, now),
    });
    this.#isPartial ||= walked.isPartial;
    return walked;
  }
}

function believedBy({ stand, listener }: Side): string {
  return JSON.stringify([stand.trusted.value, listener.trusted]);
}

/** What counts for all routes. */
function aroundOf({ stand: { site, onlyToHttps, trusted }, listener, surroundings }: Side): string {
  const modules = [...(surroundings.modules ?? [])];
  return JSON.stringify([meaningOf(site.modifiers), onlyToHttps, trusted.value, listener.trusted, modules]);
}

function dependsOnPath({ when, modifiers, handler }: Route): boolean {
  const isMatched = when.some(({ not = [], ...own }) =>
    [own, ...not].some(({ regex, path_glob: glob }) => regex ?? glob),
  );
  const streamed = handler.kind === 'proxy' && modifiers.compress && handler.upstream.facts.streams.length > 0;
  return isMatched || modifiers.rewrite !== undefined || (streamed ?? false);
}
