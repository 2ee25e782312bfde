import type { Modifiers, Upstream } from '../../ir/model.ts';
import type { HeaderRule } from '../../policy/schema/headers.ts';
import type { JsonObject } from '../json.ts';
import { realAddress } from './access.ts';
import type { CaddyHandler, RouteContext } from './context.ts';
import { operations } from './headers.ts';
import { hostHeader, pool } from './pool.ts';

/**
 * How long streams and WebSockets of an earlier config may live on after a reload. Without it a reload closes them all
 * at once (2.7 and newer can wait); a day is as long as the longest connection that an app of ours promises.
 */
const STREAM_CLOSE_DELAY = '24h';

export function proxy(upstream: Upstream, modifiers: Modifiers, context: RouteContext): CaddyHandler {
  return {
    handler: 'reverse_proxy',
    ...pool(upstream, modifiers),
    headers: { request: requestOperations(upstream, modifiers, context) },
    stream_close_delay: STREAM_CLOSE_DELAY,
  };
}

/** These come after Caddy's own X-Forwarded-* headers, so what the policy says of one of them holds. */
function requestOperations(upstream: Upstream, { auth, requestHeaders }: Modifiers, context: RouteContext): JsonObject {
  const rules = new Map<string, HeaderRule>();
  for (const [name, { value }] of requestHeaders) rules.set(name, value);
  const own: Record<string, string[]> = {
    ...realAddress(context),
    ...hostHeader(upstream),
  };
  // The credential was for the gate, and the app has no use for it; one that the policy sends the app instead stays.
  const isForGate = auth && !auth.value.pass && (auth.value.basic ?? auth.value.bearer);
  const credential = isForGate && rules.get('Authorization')?.kind !== 'set' ? ['Authorization'] : [];
  const authored = operations(rules, ['set', 'remove', 'add'], credential) ?? {};
  const set = { ...own, ...(authored['set'] as JsonObject | undefined) };
  return { ...authored, ...(Object.keys(set).length > 0 && { set }) };
}
