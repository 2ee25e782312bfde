import { hasOnly, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { written } from '../placeholders.ts';
import { sourceOf, variableName } from './variables.ts';
import { SHAPES } from './laid.ts';

const SHAPED = new RegExp(`\\.(?:${Object.values(SHAPES).join('|')})`);

export function isShape({ '@id': id }: JsonObject): boolean {
  return typeof id === 'string' && SHAPED.test(id);
}

/** Whether a route that leads to others says no more than a shape of ours, and lets in no request that none of them expects. */
export function isBranchAsLaid(route: JsonObject, inner: JsonObject, map: JsonObject | undefined): boolean {
  const [set] = list(route['match']);
  if (!isOneMatcher(route) || !isJsonObject(set)) return false;
  const { host: hosts, path } = set;
  const routes = list(inner['routes']).filter(isJsonObject);
  // What no path within takes goes on behind a tree of paths; a host is nobody else's.
  if (path !== undefined) {
    return hasOnly(set, ['host', 'path']) && route['terminal'] === undefined && map === undefined && fits(path, routes);
  }
  return hasOnly(set, ['host']) && route['terminal'] === true && routes.length > 0 && areTaken(list(hosts), routes);
}

/** Two matchers are alternatives, and none takes every request. */
export function isOneMatcher(route: JsonObject): boolean {
  return hasOnly(route, ['@id', 'match', 'handle', 'terminal']) && list(route['match']).length <= 1;
}

function fits(path: JsonValue, routes: readonly JsonObject[]): boolean {
  const [beginning, ...more] = list(path);
  if (typeof beginning !== 'string' || !/^[^%*?[\]{}\\]+\*$/.test(beginning) || more.length > 0) return false;
  const prefix = beginning.slice(0, -1);
  const begins = (each: JsonValue): boolean => typeof each === 'string' && each.toLowerCase().startsWith(prefix);
  return routes.length > 0 && routes.every((route) => matchersOf(route, 'path').every((paths) => paths.every(begins)));
}

/** Whether each of these hosts is one that a route within names, or may be asked for at one that names none. */
function areTaken(hosts: readonly JsonValue[], routes: readonly JsonObject[]): boolean {
  const named = routes.flatMap((route) => matchersOf(route, 'host'));
  if (named.some((each) => each.length === 0)) return true;
  const all = new Set(named.flat());
  return hosts.every((host) => all.has(host));
}

/** What each matcher of a route says of one thing; nothing where it says nothing of it. */
function matchersOf(route: JsonObject, key: 'host' | 'path'): (readonly JsonValue[])[] {
  const sets = list(route['match']);
  return sets.length === 0 ? [[]] : sets.map((set) => (isJsonObject(set) ? list(set[key]) : []));
}

/** The handler that gives the variables of a family their values. */
export function isVariables(handler: JsonValue | undefined): handler is JsonObject {
  if (!isJsonObject(handler) || handler['handler'] !== 'map') return false;
  const [name] = list(handler['destinations']);
  return typeof name === 'string' && name.startsWith('{caddyctl.v');
}

export function isMapAsLaid(map: JsonObject): boolean {
  const mappings = list(map['mappings']);
  const [first] = mappings;
  const key = isJsonObject(first) && typeof first['input'] === 'string' ? first['input'] : '';
  return (
    hasOnly(map, ['handler', 'source', 'destinations', 'mappings']) &&
    map['source'] === written(sourceOf(key)) &&
    list(map['destinations']).every((name, index) => name === written(variableName(index))) &&
    mappings.every((mapping) => isJsonObject(mapping) && hasOnly(mapping, ['input', 'outputs']))
  );
}

export function isSubroute(handler: JsonValue | undefined): handler is JsonObject {
  return isJsonObject(handler) && handler['handler'] === 'subroute' && hasOnly(handler, ['handler', 'routes']);
}

export function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
