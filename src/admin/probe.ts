import {
  type Capabilities,
  directiveProbe,
  isAtLeast,
  isUnknownDirective,
  LADDER,
  type Level,
  OLDEST_SUPPORTED,
} from '../caddy/capabilities.ts';
import type { Adapted } from './port.ts';
import { caddysReason, isSuccess, parseJson, refusalOf } from './reply.ts';
import { ask, fail, MAX_TEXT_BYTES, type Wire } from './wire.ts';

export async function adapt(wire: Wire, caddyfile: string): Promise<Adapted> {
  const reply = await ask(wire, {
    method: 'POST',
    path: '/adapt',
    headers: { 'content-type': 'text/caddyfile' },
    body: caddyfile,
    maxBytes: MAX_TEXT_BYTES,
  });
  if (isSuccess(reply)) {
    if (parseJson(reply) === undefined)
      throw fail(wire, { kind: 'protocol', reason: 'it answers something else than JSON' });
    return { ok: true };
  }
  const message = caddysReason(reply);
  if (reply.status !== 400 || message === undefined) throw fail(wire, refusalOf(reply));
  // Without this adapter every probe would fail, and a new Caddy would be taken for an old one.
  if (/unrecognized config adapter/.test(message)) throw fail(wire, { kind: 'protocol', reason: message });
  return { ok: false, message };
}

export async function probe(wire: Wire): Promise<Capabilities> {
  const level = await levelOf(wire);
  if (!isAtLeast(level, OLDEST_SUPPORTED)) throw fail(wire, { kind: 'too-old' });
  return { level };
}

export async function levelOf(wire: Wire): Promise<Level> {
  for (const rung of LADDER) {
    const adapted = await adapt(wire, rung.caddyfile);
    if (adapted.ok) return rung.level;
  }
  return 'older';
}

export async function hasDirective(wire: Wire, directive: string): Promise<boolean> {
  if (!/^[a-z][a-z0-9_]*$/.test(directive)) throw new Error(`not the name of a directive: ${directive}`);
  const adapted = await adapt(wire, directiveProbe(directive));
  return adapted.ok || !isUnknownDirective(adapted.message);
}
