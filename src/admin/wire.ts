import { setTimeout as sleep } from 'node:timers/promises';
import { AdminError, type AdminFailure } from './errors.ts';
import type { Timeouts } from './timeouts.ts';
import type { Call, Reply, Transport } from './transport.ts';

/** What the calls of one client share. */
export interface Wire {
  readonly address: string;
  readonly timeouts: Timeouts;
  readonly transport: Transport;
}

/** Caddy's whole config is answered in one piece. */
export const MAX_CONFIG_BYTES = 256 * 1024 * 1024;
export const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** A connection that breaks off is a matter of luck while someone else's load replaces Caddy's admin listener. */
const READ_TRIES = 4;
const PAUSE_MS = 25;

/** A call that changes nothing, so that it may be sent again. */
export async function ask(wire: Wire, call: Call): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const attempt = await wire.transport(call);
    if (attempt.ok) return attempt.reply;
    const { failure } = attempt;
    if (failure.kind === 'timeout') throw fail(wire, { ...failure, busy: await isAlive(wire) });
    if (!attempt.sent || failure.kind !== 'unreachable' || tries === READ_TRIES) throw fail(wire, failure);
    await sleep(PAUSE_MS * tries);
  }
}

/** `/metrics` does not wait for a load under way, every read of the config does: tells busy from hung. */
async function isAlive(wire: Wire): Promise<boolean> {
  const { connect } = wire.timeouts;
  const attempt = await wire.transport({ method: 'GET', path: '/metrics', maxBytes: MAX_TEXT_BYTES, answer: connect });
  return attempt.ok;
}

export function fail(wire: Wire, failure: AdminFailure): AdminError {
  return new AdminError(wire.address, failure);
}

/** For what may stay unknown. */
export async function ifAnswered<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AdminError) return undefined;
    throw error;
  }
}
