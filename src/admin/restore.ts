import { isAtLeast } from '../caddy/capabilities.ts';
import { canonical } from '../caddy/json.ts';
import { readConfig } from './config-read.ts';
import type { AdminFailure } from './errors.ts';
import { levelOf } from './probe.ts';
import { change, type Sent, send, type Write } from './send.ts';
import { ifAnswered, MAX_TEXT_BYTES, type Wire } from './wire.ts';

/**
 * Before 2.10.1 a Caddy that could not bind a port goes on serving parts of the config that it has rejected. Loading by
 * force what it shows, the last good one, ends that. A current Caddy is spared it, since it closes every WebSocket; 2.10.0
 * cannot be told from 2.10.2.
 */
export async function forceBaseOnOldCaddy(wire: Wire, write: Write, failure: AdminFailure): Promise<AdminFailure> {
  // Other refusals come before anything is loaded.
  if (failure.kind !== 'rejected' || !failure.reason.startsWith('loading new config:')) return failure;
  if (isAtLeast((await ifAnswered(levelOf(wire))) ?? 'older', '2.11')) return failure;
  const live = await ifAnswered(readConfig(wire, write.scope));
  if (live === undefined) return { ...failure, restoreProblem: 'it cannot be read' };
  if (live.value === null) return failure;
  const body = canonical(live.value);
  return { ...failure, restoreProblem: problemOf(await send(wire, { ...write, body, force: true }, live.etag)) };
}

/**
 * After a panic `GET /config/` shows the config that does not run, and the next plan would find nothing to do. Writing what
 * runs brings the two together again; for Caddy that is no change, so nothing is loaded. `etag` is that of the config shown.
 */
export async function showBaseAgain(wire: Wire, write: Write, etag: string): Promise<string | undefined> {
  if (write.base.value !== null) {
    return problemOf(await send(wire, { ...write, body: canonical(write.base.value), force: false }, etag));
  }
  const path = `/config/${write.scope}`;
  return problemOf(
    await change(wire, { method: 'DELETE', path, headers: { 'if-match': etag }, maxBytes: MAX_TEXT_BYTES }),
  );
}

function problemOf(sent: Sent): string | undefined {
  switch (sent.kind) {
    case 'done':
      return undefined;
    case 'unknown':
      return sent.reason;
    case 'refused':
      return 'reason' in sent.failure ? sent.failure.reason : 'someone else changed it meanwhile';
    default:
      return sent satisfies never;
  }
}
