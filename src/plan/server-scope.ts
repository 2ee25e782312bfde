import { isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';
import { mergeEntries } from './entries.ts';
import { entriesOf, itemsOf, own } from './live.ts';
import { isOurs } from './marks.ts';

const LISTS = ['routes', 'tls_connection_policies'];

/** A server of ours as the policies want it, with the entries that others put into it. Any other edit by hand is undone. */
export function mergeServer(live: JsonObject, desired: JsonObject, owner: string): JsonObject {
  const next: Record<string, JsonValue> = { ...desired };
  for (const key of LISTS) put(next, key, mergeEntries(own(live, key), own(desired, key), owner));
  const errorRoutes = mergeEntries(own(own(live, 'errors'), 'routes'), own(own(desired, 'errors'), 'routes'), owner);
  if (errorRoutes.length > 0) next['errors'] = { ...objectOr(own(desired, 'errors')), routes: errorRoutes };
  // A foreign route may `invoke` a named route; without it Caddy would take no config of ours at all.
  const named = foreignNamed(live, owner);
  if (named.length > 0)
    next['named_routes'] = { ...Object.fromEntries(named), ...objectOr(own(desired, 'named_routes')) };
  return next;
}

/**
 * What stays of a server of ours that no policy wants any more: nothing, unless others put something into it. Then its
 * listeners and settings stay as they are, for those entries alone.
 */
export function foreignRemainder(live: JsonObject, owner: string): JsonObject | undefined {
  const notOurs = (list: JsonValue | undefined): JsonValue[] => itemsOf(list).filter((entry) => !isOurs(entry, owner));
  const next: Record<string, JsonValue> = { ...live };
  for (const key of LISTS) put(next, key, notOurs(own(live, key)));
  const errorRoutes = notOurs(own(own(live, 'errors'), 'routes'));
  put(next, 'errors', errorRoutes.length > 0 ? { ...objectOr(own(live, 'errors')), routes: errorRoutes } : []);
  const named = foreignNamed(live, owner);
  if (named.length > 0) next['named_routes'] = Object.fromEntries(named);
  else delete next['named_routes'];
  const isInUse = itemsOf(next['routes']).length > 0 || errorRoutes.length > 0 || named.length > 0;
  return isInUse ? next : undefined;
}

function foreignNamed(live: JsonObject, owner: string): [string, JsonValue][] {
  return entriesOf(own(live, 'named_routes')).filter(([, route]) => !isOurs(route, owner));
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function put(object: Record<string, JsonValue>, key: string, value: JsonObject | readonly JsonValue[]): void {
  if (Array.isArray(value) && value.length === 0) delete object[key];
  else object[key] = value;
}
