import { setTimeout as sleep } from 'node:timers/promises';
import type { Backoff } from './backoff.ts';
import { CaddyNotStarted } from './caddy-process.ts';
import { describeExit, type ManagedCaddy } from './managed-caddy.ts';

export interface Supervision {
  readonly start: () => Promise<ManagedCaddy>;
  /**
   * The work to be done on each new Caddy; ends by itself or when `ended` says that Caddy ended or shall end. What it throws
   * on the first Caddy ends the supervision; on a later one it must not throw but for a bug.
   */
  readonly serve: (caddy: ManagedCaddy, turn: Turn) => Promise<void>;
  readonly stop: AbortSignal;
  /** Ends what must be over before Caddy is told to stop, within `patience`; never rejects. */
  readonly drained: () => Promise<void>;
  /** Gets one line for each thing that happens. */
  readonly say: (line: string) => void;
  readonly backoff: Backoff;
  /** Milliseconds that Caddy has at the end to finish what is under way. */
  readonly patience: number;
}

export interface Turn {
  readonly first: boolean;
  readonly ended: AbortSignal;
}

/**
 * Keeps a Caddy running, and works on each new one, until it shall stop; then Caddy stops first. Throws CaddyNotStarted when
 * the first one does not start; later ones are tried again and again.
 */
export async function supervise(supervision: Supervision): Promise<void> {
  const { stop, say, backoff } = supervision;
  for (let first = true; !stop.aborted; first = false) {
    const began = performance.now();
    const how = await runOnce(supervision, first);
    if (stop.aborted) return;
    const delay = backoff.next(performance.now() - began);
    say(`Caddy: ${how}; starting it again in ${delay} ms`);
    await sleep(delay, undefined, { signal: stop }).catch(() => {});
  }
}

/** How it ended, or why it did not start. */
async function runOnce({ start, serve, stop, drained, say, patience }: Supervision, first: boolean): Promise<string> {
  let caddy: ManagedCaddy;
  try {
    caddy = await start();
  } catch (error) {
    if (first || !(error instanceof CaddyNotStarted)) throw error;
    return error.message;
  }
  if (!first) say(`Caddy: started again (pid ${caddy.pid})`);
  const ended = new AbortController();
  const stopping = new Promise<undefined>((resolve) => {
    ended.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const end = (): void => ended.abort();
  let hasEnded = false;
  const noteEnd = (): void => {
    hasEnded = true;
    end();
  };
  void caddy.exited.then(noteEnd);
  if (stop.aborted) end();
  stop.addEventListener('abort', end, { once: true });
  const work = serve(caddy, { first, ended: ended.signal });
  try {
    const outcome = await Promise.race([work.then(() => 'done' as const), stopping]);
    // A config that makes Caddy end would do so for ever.
    if (first && outcome !== 'done' && !stop.aborted) {
      throw new CaddyNotStarted(`Caddy did not get to serve: ${describeExit(await caddy.exited)}`);
    }
    await stopping;
  } finally {
    stop.removeEventListener('abort', end);
    // It has heard that Caddy ends; what then fails in it is no news.
    work.catch(() => {});
    const latest = performance.now() + patience;
    if (!hasEnded) await Promise.race([drained(), caddy.exited]);
    await caddy.stop(Math.max(0, latest - performance.now()));
  }
  return describeExit(await caddy.exited);
}
