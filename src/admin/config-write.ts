import type { Live, Scope } from './port.ts';
import { readReloads } from './reloads.ts';
import { forceBaseOnOldCaddy } from './restore.ts';
import { send, type Write } from './send.ts';
import { settle } from './settle.ts';
import { fail, ifAnswered, type Wire } from './wire.ts';

/** A write that broke off is looked into and sent once more if Caddy still has the base; `If-Match` keeps a late first one from winning. */
export async function writeConfig(wire: Wire, scope: Scope, body: string, base: Live, force: boolean): Promise<void> {
  refuseToWipe(scope, body);
  const write: Write = { scope, body, base, force, reloadsBefore: await ifAnswered(readReloads(wire)) };
  for (let tries = 1; ; tries++) {
    const sent = await send(wire, write, base.etag);
    if (sent.kind === 'done') return;
    // At the second try a conflict may be with our own first one, which came through late.
    if (sent.kind === 'refused' && (tries === 1 || sent.failure.kind !== 'conflict')) {
      throw fail(wire, await forceBaseOnOldCaddy(wire, write, sent.failure));
    }
    const reason = sent.kind === 'unknown' ? sent.reason : 'the config changed meanwhile';
    const found = await settle(wire, write, reason);
    if (found === 'running') return;
    if (found === 'other') throw fail(wire, { kind: 'conflict' });
    if (tries === 2) throw fail(wire, { kind: 'not-applied', reason });
  }
}

/** Caddy answers 200 to an empty body, `null` and `{}`, and has lost the site then. */
function refuseToWipe(scope: Scope, body: string): void {
  if (scope !== 'apps' && scope !== 'logging') throw new Error(`bug: the scope ${String(scope)} must never be written`);
  if (!/^\{\s*"/.test(body)) throw new Error(`bug: writing ${JSON.stringify(body.slice(0, 20))} would wipe ${scope}`);
}
