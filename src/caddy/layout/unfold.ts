import { hostSlug } from '../ids.ts';
import { hasOnly, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { written } from '../placeholders.ts';
import { SHAPES } from './laid.ts';
import { keyOf, sourceOf } from './alike.ts';
import { unshared } from './shared.ts';

/**
 * A server's routes as the plain layout would have them, one for each route of a policy: what people are told of, whatever
 * shape they stand in. Reads whatever stands in a config, edited by hand or not, and never throws; what is not in a shape of
 * ours is left as it is.
 */
export function unfold(server: JsonValue | undefined): readonly JsonValue[] {
  if (!isJsonObject(server)) return [];
  const { named_routes: named } = server;
  return list(server['routes']).flatMap((route) => unfolded(route, named));
}

/** One set of policies after another, most routes are the very objects that they were. */
function unfolded(route: JsonValue, named: JsonValue | undefined): readonly JsonValue[] {
  if (!isJsonObject(route)) return [route];
  const before = known.get(route);
  if (before !== undefined && before.named === named) return before.plain;
  const plain = plainRoutes(route, {}).map((each) => unshared(each, named));
  known.set(route, { named, plain });
  return plain;
}

interface Unfolded {
  readonly named: JsonValue | undefined;
  readonly plain: readonly JsonValue[];
}

const known = new WeakMap<JsonObject, Unfolded>();

interface Around {
  readonly hosts?: JsonValue | undefined;
  /** The handler that says what variables stand for. */
  readonly map?: JsonObject | undefined;
}

/** Behind a path of a policy that looks like one of ours, the next would be a `-` again: see `pathSlug`. */
const SHAPED = new RegExp(`\\.(?:${Object.values(SHAPES).join('|')})(?!-)`);

function isShape(route: JsonValue): boolean {
  return isJsonObject(route) && typeof route['@id'] === 'string' && SHAPED.test(route['@id']);
}

function plainRoutes(route: JsonValue, around: Around): JsonValue[] {
  if (!isJsonObject(route)) return [route];
  const { '@id': id, handle } = route;
  const isNested = around.hosts !== undefined;
  if (!isNested && !isShape(route)) return [route];
  const [match] = list(route['match']);
  const hosts = hostsWithin(isJsonObject(match) ? match['host'] : undefined, around.hosts);
  const [first, ...others] = list(handle);
  const map = isVariables(first) ? first : undefined;
  const handlers = map === undefined ? list(handle) : others;
  const isLaid = isAsLaid(route, map);
  if (isShape(route) && !isLaid) return [route];
  if (typeof id === 'string' && id.includes(`.${SHAPES.alike}`)) {
    return ofEachHost({ ...route, handle: handlers }, id, list(hosts), map ?? around.map);
  }
  const [inner, ...more] = handlers;
  const isNamed = id !== undefined && !isShape(route);
  const told = typeof id === 'string' && id.includes(`.${SHAPES.hosts}`) ? ['host'] : ['host', 'path'];
  const isPlain = match === undefined || (isJsonObject(match) && hasOnly(match, told));
  const isWrapper = !isNamed && more.length === 0 && isSubroute(inner) && isPlain && isLaid;
  if (isWrapper) return list(inner['routes']).flatMap((each) => plainRoutes(each, { hosts, map: map ?? around.map }));
  if (!isNested || hosts === undefined) return [route];
  return [{ ...route, match: [{ ...(isJsonObject(match) ? match : {}), host: hosts }] }];
}

/** What a list of hosts takes of what the one around it lets in. */
function hostsWithin(inner: JsonValue | undefined, outer: JsonValue | undefined): JsonValue | undefined {
  if (inner === undefined || outer === undefined) return inner ?? outer;
  const isIn = new Set(list(outer));
  return list(inner).every((host) => isIn.has(host)) ? inner : list(inner).filter((host) => isIn.has(host));
}

/**
 * Whether it says no more than a shape of ours does. What was put in by hand decides about the sites within, and so must be
 * seen, not read as them.
 */
function isAsLaid(route: JsonObject, map: JsonObject | undefined): boolean {
  return (
    hasOnly(route, ['@id', 'match', 'handle', 'terminal']) &&
    list(route['match']).length <= 1 &&
    (map === undefined || isMapAsLaid(map))
  );
}

function isMapAsLaid(map: JsonObject): boolean {
  const mappings = list(map['mappings']);
  const [first] = mappings;
  const key = isJsonObject(first) && typeof first['input'] === 'string' ? first['input'] : '';
  return (
    hasOnly(map, ['handler', 'source', 'destinations', 'mappings']) &&
    map['source'] === written(sourceOf(key)) &&
    mappings.every((mapping) => isJsonObject(mapping) && hasOnly(mapping, ['input', 'outputs']))
  );
}

function isSubroute(handler: JsonValue | undefined): handler is JsonObject {
  return isJsonObject(handler) && handler['handler'] === 'subroute' && hasOnly(handler, ['handler', 'routes']);
}

/** A route that several hosts share, as each would have it alone. */
function ofEachHost(
  route: JsonObject,
  id: string,
  hosts: readonly JsonValue[],
  map: JsonObject | undefined,
): JsonValue[] {
  const [firstHost] = hosts;
  const shared = `${SHAPES.alike}${hostSlug(typeof firstHost === 'string' ? firstHost : '')}`;
  const [match] = list(route['match']);
  const destinations = list(map?.['destinations']);
  const outputsOf = new Map(
    list(map?.['mappings']).map((mapping) =>
      isJsonObject(mapping) ? ([mapping['input'], list(mapping['outputs'])] as const) : [null, []],
    ),
  );
  return hosts.flatMap((host): JsonValue[] => {
    if (typeof host !== 'string') return [];
    const outputs = outputsOf.get(keyOf(host)) ?? [];
    const values = new Map(destinations.map((name, index) => [name, outputs[index]]));
    const handle = values.size === 0 ? route['handle'] : filled(route['handle'] ?? null, values);
    return [
      {
        ...route,
        '@id': id.replace(shared, hostSlug(host)),
        match: [{ ...(isJsonObject(match) ? match : {}), host: [host] }],
        ...(handle !== undefined && { handle }),
      },
    ];
  });
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

function isVariables(handler: JsonValue | undefined): handler is JsonObject {
  if (!isJsonObject(handler) || handler['handler'] !== 'map') return false;
  const [name] = list(handler['destinations']);
  return typeof name === 'string' && name.startsWith('{caddyctl.v');
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
