import { isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';
import { at, type Desired, entriesOf, itemsOf, type Live, own } from './live.ts';
import { isOurs, isOurServer } from './marks.ts';
import { same, sameButForMark } from './same.ts';
import { foreignRemainder, mergeServer } from './server-scope.ts';
import { orderPolicies } from './tls-order.ts';

/** A setting or a named object that somebody else put where the policies want another: ours does not go in by itself. */
export interface Clash {
  readonly path: readonly string[];
  readonly live: JsonValue;
  readonly desired: JsonValue;
}

export interface Overlay {
  readonly next: Live;
  readonly clashes: readonly Clash[];
}

/** How the entries of a place carry our marks. What stands nowhere in `PLACES` is never touched. */
type Kind = 'servers' | 'policies' | 'list' | 'named' | 'object';
interface Places {
  readonly [key: string]: Places | Kind;
}

const APPS: Places = {
  http: { servers: 'servers' },
  tls: { automation: { policies: 'policies', on_demand: 'object' }, certificates: { load_files: 'list' } },
  pki: { certificate_authorities: 'named' },
};
const LOGGING: Places = { logs: 'named' };

/**
 * The live config with ours replaced by what the policies want and everything else kept as it is. What is ours is told
 * by the owner's mark alone, so it does not matter what was applied before, or by which machine. Where a clash is
 * reported, the live value was kept. Neither argument is changed.
 * What we emptied keeps one empty list: an empty `apps` is Caddy's word for "forget everything", and is never sent.
 */
export function overlay(live: Live, desired: Desired, owner: string): Overlay {
  const merger = new Merger(owner, isAloneInHttp(live.apps, owner));
  const apps = merger.tree(live.apps, desired.apps, APPS, ['apps']);
  const logging = merger.tree(live.logging, desired.logging, LOGGING, ['logging']);
  return {
    next: {
      apps: orLeft(apps, live.apps, { http: { servers: {} } }),
      logging: orLeft(logging, live.logging, { logs: {} }),
    },
    clashes: merger.clashes,
  };
}

function orLeft(next: JsonValue | undefined, live: JsonValue, left: JsonObject): JsonValue {
  if (next !== undefined && !isEmpty(next)) return next;
  return isEmpty(live) ? live : left;
}

/** Where every server is ours, so are the ports that Caddy keeps for all of them: nobody else has a use for them. */
function isAloneInHttp(apps: JsonValue, owner: string): boolean {
  const servers = entriesOf(at(apps, 'http', 'servers'));
  return servers.length > 0 && servers.every(([name, server]) => isOurServer(name, server, owner, false));
}

class Merger {
  readonly clashes: Clash[] = [];
  readonly #owner: string;
  readonly #aloneInHttp: boolean;

  constructor(owner: string, aloneInHttp: boolean) {
    this.#owner = owner;
    this.#aloneInHttp = aloneInHttp;
  }

  tree(
    live: JsonValue | undefined,
    desired: JsonValue | undefined,
    places: Places,
    path: string[],
  ): JsonValue | undefined {
    const next: [string, JsonValue][] = [];
    for (const key of keysOf(live, desired)) {
      const value = this.#entry(own(live, key), own(desired, key), places, [...path, key]);
      if (value !== undefined) next.push([key, value]);
    }
    return this.#unlessEmptied(Object.fromEntries(next), live, desired);
  }

  #entry(
    live: JsonValue | undefined,
    desired: JsonValue | undefined,
    places: Places,
    path: string[],
  ): JsonValue | undefined {
    const key = path.at(-1) ?? '';
    const place = Object.hasOwn(places, key) ? places[key] : undefined;
    switch (place) {
      case undefined:
        return this.#setting(live, desired, path);
      case 'servers':
        return this.#map(live, desired, path, (...each) => this.#server(...each));
      case 'named':
        return this.#map(live, desired, path, (...each) => this.#object(...each));
      case 'object':
        return this.#object(live, desired, path);
      case 'list':
        return this.#list(live, desired, (ours, foreign) => [...ours, ...foreign]);
      case 'policies':
        return this.#list(live, desired, orderPolicies);
      default:
        return this.tree(live, desired, place, path);
    }
  }

  /** A value without a mark: whoever wrote it first keeps it. */
  #setting(live: JsonValue | undefined, desired: JsonValue | undefined, path: string[]): JsonValue | undefined {
    if (desired === undefined) return live;
    if (live === undefined || live === null || same(live, desired)) return desired;
    const isPort = path.length === 3 && path[1] === 'http' && /^https?_port$/.test(path[2] ?? '');
    if (isPort && this.#aloneInHttp) return desired;
    return this.#clash(live, desired, path);
  }

  #map(
    live: JsonValue | undefined,
    desired: JsonValue | undefined,
    path: string[],
    merge: (live: JsonValue | undefined, desired: JsonValue | undefined, path: string[]) => JsonValue | undefined,
  ): JsonValue | undefined {
    const next: [string, JsonValue][] = [];
    for (const name of keysOf(live, desired)) {
      const value = merge(own(live, name), own(desired, name), [...path, name]);
      if (value !== undefined) next.push([name, value]);
    }
    return this.#unlessEmptied(Object.fromEntries(next), live, desired);
  }

  #server(live: JsonValue | undefined, desired: JsonValue | undefined, path: string[]): JsonValue | undefined {
    if (live === undefined || live === null) return desired ?? live;
    const ours = isOurServer(path.at(-1) ?? '', live, this.#owner, desired !== undefined);
    if (desired === undefined) return ours ? foreignRemainder(live, this.#owner) : live;
    if (!ours) return this.#clash(live, desired, path);
    return isJsonObject(desired) ? mergeServer(live, desired, this.#owner) : desired;
  }

  /** One marked object. Two owners that say the same share it: it belongs to whoever came first. */
  #object(live: JsonValue | undefined, desired: JsonValue | undefined, path: string[]): JsonValue | undefined {
    if (live === undefined || isOurs(live, this.#owner)) return desired;
    if (desired === undefined || sameButForMark(live, desired)) return live;
    return live === null ? desired : this.#clash(live, desired, path);
  }

  #list(
    live: JsonValue | undefined,
    desired: JsonValue | undefined,
    join: (ours: readonly JsonValue[], foreign: readonly JsonValue[]) => JsonValue[],
  ): JsonValue | undefined {
    const foreign = itemsOf(live).filter((entry) => !isOurs(entry, this.#owner));
    return this.#unlessEmptied(join(itemsOf(desired), foreign), live, desired);
  }

  /** What we emptied goes with its key; what was empty, null or not there before stays so. */
  #unlessEmptied(next: JsonValue, live: JsonValue | undefined, desired: JsonValue | undefined): JsonValue | undefined {
    if (desired !== undefined) return next;
    if (!isJsonObject(live) && !Array.isArray(live)) return live;
    return isEmpty(next) && !isEmpty(live) ? undefined : next;
  }

  #clash(live: JsonValue, desired: JsonValue, path: readonly string[]): JsonValue {
    this.clashes.push({ path, live, desired });
    return live;
  }
}

function keysOf(live: JsonValue | undefined, desired: JsonValue | undefined): Set<string> {
  return new Set([...entriesOf(live), ...entriesOf(desired)].map(([key]) => key));
}

function isEmpty(value: JsonValue): boolean {
  return (typeof value === 'object' ? Object.keys(value ?? {}) : [value]).length === 0;
}
