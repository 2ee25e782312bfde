import type { Modifiers } from '../../ir/model.ts';
import { clientAddress, clientMatcher } from '../match.ts';
import { type CaddyHandler, fail, onlyWhen, type RouteContext } from './context.ts';

/** `allow_from` and `deny_from`: anyone else gets a 403. */
export function accessRules({ allowFrom, denyFrom }: Modifiers, { client }: RouteContext): CaddyHandler[] {
  const handlers: CaddyHandler[] = [];
  if (allowFrom) handlers.push(onlyWhen({ not: [clientMatcher(allowFrom.value, client)] }, [fail(403)]));
  if (denyFrom && denyFrom.value.length > 0)
    handlers.push(onlyWhen(clientMatcher(denyFrom.value, client), [fail(403)]));
  return handlers;
}

/** Takes away what says where a client is. */
export const forgedHeaders: CaddyHandler = {
  handler: 'headers',
  request: { delete: ['Forwarded', 'X-Forwarded-*'] },
};

const forgedOnSocket: CaddyHandler = {
  handler: 'headers',
  request: { delete: ['Forwarded', 'X-Forwarded-*', 'X-Real-Ip'] },
};

/**
 * Forwarded headers that came from anyone but a trusted proxy are taken away before Caddy writes its own: Caddy itself
 * only corrects three of them, and apps read others (X-Forwarded-Port, Forwarded) too.
 */
export function forgeryGuard({ trusted, onSocket }: RouteContext): CaddyHandler[] {
  const strip = onSocket ? forgedOnSocket : forgedHeaders;
  if (trusted.length === 0) return [strip];
  // Whoever may open the socket is the trusted proxy.
  return onSocket ? [] : [onlyWhen({ not: [{ remote_ip: { ranges: trusted } }] }, [strip])];
}

/** Tells whoever is asked where the client is, as far as that is known: nobody on a socket has an address. */
export function realAddress({ trusted, onSocket, client }: RouteContext): Record<string, string[]> {
  return onSocket && trusted.length === 0 ? {} : { 'X-Real-Ip': [clientAddress(client)] };
}

/**
 * What no client has a say in, trusted proxy in front or not. `Connection: X` makes a proxy drop X, be it one that we set
 * before, so only its `Upgrade` stays. In a connection that was upgraded to HTTP/2 or TLS a client could ask the app for any
 * path, past every route. And names with `_` are other spellings of names with `-` to many apps; 2.11.4 drops them itself.
 */
export const connectionGuard: CaddyHandler = {
  handler: 'headers',
  request: {
    delete: ['*_*'],
    replace: {
      Connection: [{ search_regexp: String.raw`(?i)^(?:.*,)?\s*(upgrade)\s*(?:,.*)?$|^.*$`, replace: '$1' }],
      Upgrade: [{ search_regexp: '(?i)^.*(h2c|https?/|tls/).*$' }],
    },
  },
};
