import { hostSlug } from '../ids.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { keyOf } from './variables.ts';
import { list } from './as-laid.ts';
import { SHAPES } from './laid.ts';

/** A route that several sites share, as each would have it alone. */
export function ofEachSite(
  route: JsonObject,
  id: string,
  given: readonly JsonValue[],
  map: JsonObject | undefined,
): JsonValue[] {
  const hosts = given.filter((host) => typeof host === 'string');
  const shared = `${SHAPES.alike}${hostSlug(hosts[0] ?? '')}`;
  const [match] = list(route['match']);
  const destinations = list(map?.['destinations']);
  const outputs = new Map(
    list(map?.['mappings']).map((mapping) =>
      isJsonObject(mapping) ? ([mapping['input'], list(mapping['outputs'])] as const) : [null, []],
    ),
  );
  const outputsOf = (host = ''): readonly JsonValue[] => outputs.get(keyOf(host)) ?? [];
  return sitesOf(hosts, outputsOf).map((site): JsonValue => {
    const values = new Map(destinations.map((name, index) => [name, outputsOf(site[0])[index]]));
    const handle = values.size === 0 ? route['handle'] : filled(route['handle'] ?? null, values);
    return {
      ...route,
      '@id': id.replace(shared, hostSlug(site[0] ?? '')),
      match: [{ ...(isJsonObject(match) ? match : {}), host: site }],
      ...(handle !== undefined && { handle }),
    };
  });
}

/**
 * The hosts of each site: a family stands from its last site to its first, the hosts of each in their order (see
 * `familiesOf`), so that a name which comes before the one before it begins another.
 */
function sitesOf(hosts: readonly string[], outputsOf: (host: string) => readonly JsonValue[]): string[][] {
  const sites: string[][] = [];
  for (const host of hosts) {
    const site = sites.at(-1);
    const last = site?.at(-1);
    // One that was given values of its own by hand is told by itself.
    if (site && last !== undefined && last < host && isSame(outputsOf(last), outputsOf(host))) site.push(host);
    else sites.push([host]);
  }
  return sites;
}

function isSame(one: readonly JsonValue[], other: readonly JsonValue[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/** With each variable, always the whole of a text, as what it stands for. What holds none is the very same object. */
function filled(value: JsonValue, values: ReadonlyMap<JsonValue, JsonValue | undefined>): JsonValue {
  if (typeof value === 'string') return values.get(value) ?? value;
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => filled(item, values));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const changed = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    const next = filled(item, values);
    return next === item ? [] : [[key, next]];
  });
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}
