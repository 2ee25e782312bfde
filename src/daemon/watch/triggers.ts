/** Why to look again. It says nothing of what changed: everything is read anew. */
export type Reason =
  | 'start'
  | 'files'
  | 'interval'
  /** Somebody asked for it: SIGHUP. */
  | 'signal'
  /** Caddy answers again, or was started anew. */
  | 'caddy-back'
  /** Caddy has loaded a config since we last looked. */
  | 'caddy-changed'
  | 'retry';

/** Where reasons are kept until the one worker has time for them: many are one. */
export interface Triggers {
  ring(reason: Reason): void;
  /**
   * What was rung since the last time, as soon as there is any; nothing when `milliseconds` are over or `signal` says stop.
   * For one who waits at a time.
   */
  wait(milliseconds: number, signal: AbortSignal): Promise<ReadonlySet<Reason>>;
}

/** A timer of more than 2^31 ms would fire at once. */
const LONGEST = 2 ** 31 - 1;

export function createTriggers(): Triggers {
  let rung = new Set<Reason>();
  let wake = (): void => {};
  return {
    ring(reason) {
      rung.add(reason);
      wake();
    },
    async wait(milliseconds, signal) {
      if (rung.size === 0 && !signal.aborted && milliseconds > 0) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const timer = setTimeout(wake, Math.min(milliseconds, LONGEST));
        signal.addEventListener('abort', wake);
        await woken;
        signal.removeEventListener('abort', wake);
        clearTimeout(timer);
      }
      const found = rung;
      rung = new Set();
      return found;
    },
  };
}
