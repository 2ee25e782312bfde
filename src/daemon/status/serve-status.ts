import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.ts';
import type { StatusAddress } from './address.ts';
import { statusDocument } from './document.ts';
import { createEventStreams } from './events.ts';
import { listenAt } from './listen.ts';
import { isAlive, type Liveness } from './liveness.ts';
import type { Metrics } from './metrics.ts';
import { readPage } from './page-files.ts';
import { problemsAfter } from './problems.ts';
import { createStatusServer } from './server.ts';
import type { StatusHolder } from './state.ts';

export interface StatusServerParts {
  readonly address: StatusAddress;
  /** What everybody must bring; there is one wherever others than this machine's users can ask. */
  readonly token: string | undefined;
  readonly status: StatusHolder;
  readonly liveness: Liveness;
  /** The program's version. */
  readonly version: string;
  readonly log: Log;
}

export interface StatusServer {
  /** Ends it and all that is connected. May be called more than once. */
  close(): Promise<void>;
}

/** The problem's code. */
const unavailable = 'status-unavailable';
/** Milliseconds until an address that could not be had is tried again: this often at first, and at last. */
const retries = { first: 2_000, last: 60_000 };

/**
 * Tells the status over HTTP until it is closed. Where it cannot listen the daemon does not end for it: that is a problem in
 * the status and the log, and it is tried again now and then. Resolves when it was tried for the first time; rejects for
 * bugs alone.
 */
export async function serveStatus(parts: StatusServerParts): Promise<StatusServer> {
  const { address, token, status, liveness, version, log } = parts;
  const alive = (): boolean => isAlive(liveness);
  const render = (): string => JSON.stringify(statusDocument(status.get(), version, alive()));
  const streams = createEventStreams(status, render, alive);
  const loadMetrics = async (): Promise<Metrics> =>
    (await import('./metrics.ts')).createMetrics(() => status.get(), version);
  let metrics: Promise<Metrics> | undefined;
  const page = await readPage();
  const content = { status, liveness, token, render, metrics: () => (metrics ??= loadMetrics()), page };
  const failed = (error: unknown): void => {
    const stack = error instanceof Error ? error.stack : undefined;
    log.error({ reason: String(error), stack }, 'status request failed unexpectedly');
  };
  const closed = new AbortController();
  let server: Server | undefined;

  async function tryToListen(): Promise<boolean> {
    const attempt = createStatusServer({ ...content, address, streams, failed });
    const reason = await listenAt(attempt, address);
    if (reason !== undefined) {
      tell(reason);
      return false;
    }
    attempt.on('error', failed);
    server = attempt;
    tell(undefined);
    log.info({ address: address.text }, 'status served');
    return true;
  }

  function tell(reason: string | undefined): void {
    const message = `the status cannot be served at ${address.text}: ${reason}`;
    const hint = 'free that address, or choose another one with --status, or "off"';
    const problem = reason === undefined ? undefined : { message, hint };
    const known = status.get().problems.find(({ code }) => code === unavailable);
    if (known?.message === problem?.message) return;
    if (problem !== undefined) log.warn({ code: unavailable, reason: message, hint }, 'status not served');
    const now = new Date().toISOString();
    status.update((before) => ({
      ...before,
      problems: problemsAfter(before.problems, now, [[unavailable, problem]]),
    }));
  }

  async function keepTrying(): Promise<void> {
    for (let wait = retries.first; !closed.signal.aborted; wait = Math.min(retries.last, wait * 2)) {
      await sleep(wait, undefined, { signal: closed.signal, ref: false }).catch(() => {});
      if (closed.signal.aborted || (await tryToListen())) return;
    }
  }

  const trying = (await tryToListen()) ? undefined : keepTrying();
  return {
    async close() {
      closed.abort();
      await trying;
      streams.close();
      if (server === undefined || !server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
