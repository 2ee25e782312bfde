import type { SiteObject } from '../policy/schema/site.ts';
import type { PolicySet, SiteParts } from './merge.ts';
import type { Site } from './model.ts';
import type { Traced } from './origin.ts';

interface Known {
  readonly parts: SiteParts;
  readonly site: Site;
  /** What it took of the budget. */
  readonly cost: number;
}

/**
 * The sites of the set before. One is still the same when each of its parts is the very value that was parsed then, and so
 * is all that the set shares. Sites that nobody names any more are forgotten with their files.
 */
export class KnownSites {
  #shared: readonly unknown[] = [];
  #bySaid = new WeakMap<SiteObject, Known[]>();
  #taken = 0;

  /** Begins a set: where it shares other things than the one before, nothing is known. */
  begin(set: PolicySet): void {
    const shared = sharedOf(set);
    const isSame = shared.length === this.#shared.length && shared.every((each, at) => each === this.#shared[at]);
    if (!isSame) this.forget();
    this.#shared = shared;
    this.#taken = 0;
  }

  /** How many were found since this set began. */
  get taken(): number {
    return this.#taken;
  }

  find(parts: SiteParts): Known | undefined {
    const [first] = parts.parts;
    const found = first && this.#bySaid.get(first.value)?.find((known) => isSameSite(known.parts, parts));
    if (found !== undefined) this.#taken += 1;
    return found;
  }

  keep(known: Known): void {
    const [first] = known.parts.parts;
    if (first === undefined) return;
    // A host is in one site of a set, so another site with it is that of a set before.
    const [host] = known.parts.hosts;
    const others = this.#bySaid.get(first.value)?.filter(({ parts }) => parts.hosts[0] !== host) ?? [];
    this.#bySaid.set(first.value, [...others.slice(-MOST_OF_ONE), known]);
  }

  forget(): void {
    this.#bySaid = new WeakMap();
  }
}

/** What one key says may be several sites: its exact hosts, and its wildcards by their depth. */
const MOST_OF_ONE = 8;

/** Every value that a site may take something from, with the tree that tells where it stands. */
function sharedOf({ global, names, services, presets }: PolicySet): unknown[] {
  const both = (entry: Traced<unknown> | undefined): unknown[] => [entry?.value, entry?.origin.root];
  return [
    names.key,
    ...both(global.trusted_proxies),
    ...both(global.protocols),
    ...[...services, ...presets].flatMap(([name, entry]) => [name, ...both(entry)]),
  ];
}

function isSameSite(one: SiteParts, other: SiteParts): boolean {
  return (
    one.hosts.length === other.hosts.length &&
    one.hosts.every((host, at) => host === other.hosts[at]) &&
    one.parts.length === other.parts.length &&
    one.parts.every((part, at) => isSamePart(part, other.parts[at]))
  );
}

function isSamePart({ value, origin }: Traced<SiteObject>, other: Traced<SiteObject> | undefined): boolean {
  return value === other?.value && origin.root === other.origin.root && origin.path.at(-1) === other.origin.path.at(-1);
}
