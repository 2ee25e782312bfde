import type { JsonValue } from '../caddy/json.ts';
import { itemsOf, own } from './live.ts';

/**
 * The welcome page that Debian's package (and Caddy's own) starts with: `:80 { root * /usr/share/caddy; file_server }`.
 * It is in the way of nearly every first apply, and it comes back when Caddy restarts from /etc/caddy/Caddyfile.
 */
export function isDebianStub(server: JsonValue): boolean {
  const [route, ...others] = itemsOf(own(server, 'routes'));
  if (others.length > 0 || own(route, 'match') !== undefined) return false;
  const handlers = itemsOf(own(route, 'handle'));
  const [first, second] = handlers;
  return (
    handlers.length === 2 &&
    own(first, 'handler') === 'vars' &&
    own(first, 'root') === '/usr/share/caddy' &&
    own(second, 'handler') === 'file_server'
  );
}
