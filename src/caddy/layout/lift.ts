import type { CaddyHandler } from '../handlers/context.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';

/**
 * The handler with `to` of each value that a variable may stand for: where Caddy puts placeholders in at the request, and
 * neither keeps a state by the value nor reads it when it loads. Always in one order. Caddy expands a variable's own value
 * once, so a text that was made literal, or holds placeholders, comes out the same.
 */
export function liftValues(handler: CaddyHandler, to: (value: string) => string): CaddyHandler {
  switch (handler.handler) {
    case 'reverse_proxy':
      return isOnlyDialled(handler) ? { ...handler, upstreams: [{ dial: to(dialOf(handler) ?? '') }] } : handler;
    case 'static_response':
      return {
        ...handler,
        ...(typeof handler['body'] === 'string' && { body: to(handler['body']) }),
        ...(isJsonObject(handler['headers']) && { headers: lifted(handler['headers'], to) }),
      };
    case 'headers': {
      const { response } = handler;
      if (!isJsonObject(response) || !isJsonObject(response['set'])) return handler;
      return { ...handler, response: { ...response, set: lifted(response['set'], to) } };
    }
    default:
      return handler;
  }
}

/** One address by plain TCP: several share a balancer, and checks and TLS belong to an address. */
function isOnlyDialled(handler: CaddyHandler): boolean {
  const keepsState = STATES.some((key) => handler[key] !== undefined);
  const { transport } = handler;
  return (
    !keepsState &&
    /^[A-Za-z0-9._-]+:\d+$/.test(dialOf(handler) ?? '') &&
    (transport === undefined || (isJsonObject(transport) && isStateless(transport)))
  );
}

/** Told of by the handler, for all that it leads to. */
const STATES = ['load_balancing', 'health_checks', 'dynamic_upstreams', 'circuit_breaker'];

/** What a transport may say that counts for each connection alone. A `raw` one may limit how many there are, or be of another kind. */
function isStateless({ protocol, keep_alive: keepAlive = {}, ...rest }: JsonObject): boolean {
  const kept = isJsonObject(keepAlive) ? Object.keys(keepAlive) : [''];
  return (
    protocol === 'http' &&
    Object.keys(rest).every((key) => OF_EACH_CONNECTION.has(key)) &&
    kept.every((key) => key === 'idle_timeout')
  );
}

const OF_EACH_CONNECTION: ReadonlySet<string> = new Set([
  'compression',
  'versions',
  'dial_timeout',
  'response_header_timeout',
]);

function dialOf({ upstreams }: CaddyHandler): string | undefined {
  if (!Array.isArray(upstreams) || upstreams.length !== 1) return undefined;
  const [only] = upstreams as readonly JsonValue[];
  const dial = isJsonObject(only) && Object.keys(only).length === 1 ? only['dial'] : undefined;
  return typeof dial === 'string' ? dial : undefined;
}

function lifted(headers: JsonObject, to: (value: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      Array.isArray(values)
        ? values.map((value: JsonValue) => (typeof value === 'string' ? to(value) : value))
        : values,
    ]),
  );
}
