import { isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';
import { own } from './live.ts';

/** Who made an object of Caddy's config: the `@id` says it, since Caddy carries it along and otherwise ignores it. */
const MARK = /^caddyctl\.([a-z0-9][a-z0-9-]{0,39})\./;

export function markOf(value: JsonValue | undefined): string | undefined {
  const id = own(value, '@id');
  return typeof id === 'string' && MARK.test(id) ? id : undefined;
}

/** The caddyctl owner that made `value`, or undefined when caddyctl did not make it. */
export function ownerOf(value: JsonValue | undefined): string | undefined {
  return MARK.exec(markOf(value) ?? '')?.[1];
}

export function isOurs(value: JsonValue | undefined, owner: string): value is JsonObject {
  return isJsonObject(value) && ownerOf(value) === owner;
}

/**
 * A server of ours. Its name is a second mark, because a PATCH by hand that does not repeat the `@id` drops it. The name
 * alone does not do: owner `a` with a server `b-https` and owner `a-b` with `https` share one.
 */
export function isOurServer(name: string, value: JsonValue, owner: string, wanted: boolean): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const by = ownerOf(value);
  if (by !== undefined) return by === owner;
  if (!name.startsWith(`caddyctl-${owner}-`)) return false;
  const routes = own(value, 'routes');
  return wanted || (Array.isArray(routes) && routes.some((route: JsonValue) => isOurs(route, owner)));
}
