import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { canonical, type JsonValue } from '../caddy/json.ts';
import { readConfig } from './config-read.ts';
import { AdminError } from './errors.ts';
import type { Live } from './port.ts';
import { readReloads } from './reloads.ts';
import { forceBaseOnOldCaddy, showBaseAgain } from './restore.ts';
import { send, type Write } from './send.ts';
import { fail, ifAnswered, type Wire } from './wire.ts';

/** What Caddy made of a write whose answer is missing. */
export type Found = 'running' | 'base' | 'other';

const CONFIRMATIONS = 3;
const PAUSE_MS = 100;
const UNCONFIRMED = 'it shows the config, but does not confirm that it runs';

/** `reason` says what became of the answer. Rejects with `unknown-outcome` if Caddy cannot be asked, `rejected` if it panicked. */
export async function settle(wire: Wire, write: Write, reason: string): Promise<Found> {
  const deadline = performance.now() + wire.timeouts.patience;
  const base = canonical(write.base.value);
  const desired = canonical(JSON.parse(write.body) as JsonValue);
  for (let tries = 1; ; tries++) {
    const live = await readPatiently(wire, write, deadline, reason);
    const shown = canonical(live.value);
    // A forced load of what is there already leaves no trace: better loaded twice than not at all.
    if (shown === base && (write.force || base !== desired)) return 'base';
    if (shown !== desired) return 'other';
    // Seeing our config proves nothing: a Caddy that panicked while loading shows it, too. But the same write again is answered
    // with 200 only if that config runs; it is then no change and loads nothing.
    const sent = await send(wire, { ...write, force: false }, live.etag);
    if (sent.kind === 'done') return 'running';
    if (sent.kind === 'refused' && sent.failure.kind === 'conflict') return 'other';
    if (sent.kind === 'refused' && sent.failure.kind === 'rejected') {
      throw fail(wire, await forceBaseOnOldCaddy(wire, write, sent.failure));
    }
    if (base !== desired && (await nothingLoadedSince(wire, write))) {
      const restoreProblem = await showBaseAgain(wire, write, live.etag);
      throw fail(wire, { kind: 'rejected', reason: 'it panicked while loading it', panicked: true, restoreProblem });
    }
    if (tries === CONFIRMATIONS) throw fail(wire, { kind: 'unknown-outcome', reason: `${reason}; ${UNCONFIRMED}` });
  }
}

/** Reads wait for a load under way, and fail while the admin listener is replaced; both pass. */
async function readPatiently(wire: Wire, write: Write, deadline: number, reason: string): Promise<Live> {
  for (;;) {
    const left = Math.ceil(deadline - performance.now());
    try {
      return await readConfig(wire, write.scope, { answer: Math.max(1, Math.min(left, wire.timeouts.answer)) });
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      const { failure } = error;
      const passes = failure.kind === 'unreachable' || (failure.kind === 'timeout' && failure.busy);
      if (!passes || performance.now() + PAUSE_MS >= deadline) {
        throw fail(wire, { kind: 'unknown-outcome', reason: `${reason}; asked again, ${error.message}` });
      }
    }
    await sleep(PAUSE_MS);
  }
}

async function nothingLoadedSince(wire: Wire, write: Write): Promise<boolean> {
  const after = await ifAnswered(readReloads(wire));
  return after !== undefined && after.lastSuccess === write.reloadsBefore?.lastSuccess;
}
