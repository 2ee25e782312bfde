import type { Live, Scope } from './port.ts';
import { caddysReason, isSuccess, parseJson, refusalOf } from './reply.ts';
import type { Reply } from './transport.ts';
import { ask, fail, MAX_CONFIG_BYTES, type Wire } from './wire.ts';

export interface ReadOptions {
  /** Milliseconds, in place of the usual time-out. */
  readonly answer?: number;
}

/** Waits while Caddy loads a config, which can take seconds. */
export async function readConfig(wire: Wire, scope: Scope, options: ReadOptions = {}): Promise<Live> {
  const reply = await get(wire, `/config/${scope}`, options);
  if (isSuccess(reply)) return liveOf(wire, reply);
  if (caddysReason(reply)?.startsWith('invalid traversal path') !== true) throw unexpected(wire, reply);
  // Caddy has no config at all, and then no scope to show. Its etag is that of the whole, so that two first writers notice each other.
  const whole = await get(wire, '/config/', options);
  if (!isSuccess(whole)) throw unexpected(wire, whole);
  const live = liveOf(wire, whole);
  if (live.value === null) return live;
  // Someone's first write came between the two.
  const again = await get(wire, `/config/${scope}`, options);
  if (!isSuccess(again)) throw unexpected(wire, again);
  return liveOf(wire, again);
}

function get(wire: Wire, path: string, options: ReadOptions): Promise<Reply> {
  return ask(wire, { method: 'GET', path, maxBytes: MAX_CONFIG_BYTES, ...options });
}

function liveOf(wire: Wire, reply: Reply): Live {
  const value = parseJson(reply);
  if (value === undefined) throw fail(wire, { kind: 'protocol', reason: 'it answers something else than JSON' });
  const { etag } = reply.headers;
  if (etag === undefined) {
    // Before 2.8 the etag comes as a trailer, which no proxy hands on.
    if (reply.headers.trailer !== undefined) throw fail(wire, { kind: 'too-old' });
    throw fail(wire, { kind: 'protocol', reason: 'it answers without an etag' });
  }
  return { value, etag };
}

function unexpected(wire: Wire, reply: Reply): Error {
  const failure = refusalOf(reply);
  if (failure.kind === 'unauthorised' || failure.kind === 'protocol') return fail(wire, failure);
  return fail(wire, { kind: 'protocol', reason: `HTTP ${reply.status}: ${caddysReason(reply) ?? ''}` });
}
