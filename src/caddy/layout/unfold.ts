import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { isBranchAsLaid, isMapAsLaid, isOneMatcher, isShape, isSubroute, isVariables, list } from './as-laid.ts';
import { ofEachSite } from './each-site.ts';
import { SHAPES } from './laid.ts';
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
  readonly hosts?: readonly JsonValue[] | undefined;
  /** The handler that says what variables stand for. */
  readonly map?: JsonObject | undefined;
}

/** What says more than a shape of ours does, or another thing, decides about the sites within: it must be seen, not read as them. */
function plainRoutes(route: JsonValue, around: Around): JsonValue[] {
  if (!isJsonObject(route)) return [route];
  const { '@id': id, handle } = route;
  if (around.hosts === undefined && !isShape(route)) return [route];
  const [first, ...others] = list(handle);
  const own = isVariables(first) ? first : undefined;
  const handlers = own === undefined ? list(handle) : others;
  const isToldOnce = own === undefined || (around.map === undefined && isMapAsLaid(own));
  const map = own ?? around.map;
  const sets = list(route['match']).filter(isJsonObject);
  if (typeof id === 'string' && isShape(route) && id.includes(`.${SHAPES.alike}`)) {
    const hosts = hostsWithin(sets[0]?.['host'], around.hosts);
    if (!isToldOnce || !isOneMatcher(route) || hosts === undefined) return [route];
    return ofEachSite({ ...route, handle: handlers }, id, hosts, map);
  }
  const [inner, ...more] = handlers;
  const isBranch = (id === undefined || isShape(route)) && isSubroute(inner) && more.length === 0;
  if (isBranch && isToldOnce && isBranchAsLaid(route, inner, own)) {
    const hosts = hostsWithin(sets[0]?.['host'], around.hosts);
    if (hosts !== undefined) return list(inner['routes']).flatMap((each) => plainRoutes(each, { hosts, map }));
  }
  if (around.hosts === undefined) return [route];
  const told = sets.length > 0 ? sets : [{}];
  return [{ ...route, match: told.map((set) => ({ ...set, host: hostsWithin(set['host'], around.hosts) ?? [] })) }];
}

/** What a list of hosts takes of what the one around it lets in. */
function hostsWithin(
  inner: JsonValue | undefined,
  outer: readonly JsonValue[] | undefined,
): readonly JsonValue[] | undefined {
  if (inner === undefined || outer === undefined) return inner === undefined ? outer : list(inner);
  const isIn = new Set(outer);
  return list(inner).every((host) => isIn.has(host)) ? list(inner) : list(inner).filter((host) => isIn.has(host));
}
