import { setTimeout as sleep } from 'node:timers/promises';
import { AdminError } from '../../admin/errors.ts';
import type { AdminPort, Reloads } from '../../admin/port.ts';

export interface PulseParts {
  readonly admin: AdminPort;
  /** It answers after it did not, or is another process than before. */
  readonly onBack: () => void;
  /** It has loaded a config, and it was not us: we have not read since. */
  readonly onChange: () => void;
  /** Whether it answers, and why not. Not only when that changes. */
  readonly onReachable: (error: AdminError | undefined) => void;
}

/** Tells a Caddy that was touched from one that was not, without reading its config. */
export interface Pulse {
  /**
   * The same admin API; what is read through it counts as seen, and what it can do is asked once of each process. Another
   * may have come since it was looked at last: then `read` moves the epoch.
   */
  readonly admin: AdminPort;
  /** Goes on when Caddy was started anew. */
  epoch(): number;
  /** Looks again and again until `signal`. */
  run(signal: AbortSignal): Promise<void>;
}

/** Milliseconds between two looks. */
const pause = { here: 500, longest: 1_500, away: 250 };
/** Of one processor's time a fiftieth, if that is not too seldom: `/metrics` can be long where Caddy counts requests by host. */
const share = 50;

/**
 * By two gauges of `/metrics`, the one thing that Caddy answers without a line in its log and while it loads. Where it has
 * none only that it stopped answering is noticed.
 */
export function createPulse({ admin, onBack, onChange, onReachable }: PulseParts): Pulse {
  let seen: Reloads | undefined;
  let hasLooked = false;
  let started: number | undefined;
  let isAway = false;
  let epoch = 0;
  let working = 0;
  let calls = 0;
  let answers = new Map<string, Promise<unknown>>();
  let looking: Promise<void> | undefined;

  function tell(error: AdminError | undefined): void {
    // Where it does not say when it was started, one that was away counts as another.
    if (error === undefined && isAway && started === undefined) epoch++;
    isAway = error !== undefined;
    onReachable(error);
  }

  function know(reloads: Reloads | undefined): void {
    if (started !== reloads?.started) answers = new Map();
    if (started !== undefined && reloads?.started !== undefined && reloads.started !== started) epoch++;
    started = reloads?.started ?? started;
    seen = reloads;
    hasLooked = true;
  }

  async function look(): Promise<void> {
    const before = { epoch, isAway, seen, hasLooked, calls };
    const reloads = await admin.reloads();
    // What a pass has read meanwhile is newer than this.
    if (calls !== before.calls) return;
    tell(undefined);
    know(reloads);
    if (before.isAway || epoch !== before.epoch) onBack();
    else if (before.hasLooked && before.seen?.lastSuccess !== reloads?.lastSuccess) onChange();
  }

  async function noting<T>(call: () => Promise<T>): Promise<T> {
    working++;
    calls++;
    try {
      const result = await call();
      tell(undefined);
      return result;
    } catch (error) {
      if (error instanceof AdminError) tell(isAnswer(error) ? undefined : error);
      throw error;
    } finally {
      working--;
    }
  }

  /** Asked before what is read, once for all that is read at a time: whatever is loaded later moves the gauge. */
  function looked(): Promise<void> {
    looking ??= admin
      .reloads()
      .then(know)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  /** What a process can do stays so as long as it lives. */
  function once<T>(what: string, call: () => Promise<T>): Promise<T> {
    if (started === undefined || isAway) return call();
    const known = answers;
    const answer = (known.get(what) as Promise<T> | undefined) ?? call();
    known.set(what, answer);
    answer.catch(() => known.delete(what));
    return answer;
  }

  return {
    admin: {
      ...admin,
      read: (scope) =>
        noting(async () => {
          await looked();
          return await admin.read(scope);
        }),
      write: (...write) => noting(() => admin.write(...write)),
      probe: () => once('', () => noting(() => admin.probe())),
      has: (directive) => once(directive, () => noting(() => admin.has(directive))),
    },
    epoch: () => epoch,
    async run(signal) {
      while (!signal.aborted) {
        const begun = performance.now();
        try {
          if (working === 0) await look();
        } catch (error) {
          if (!(error instanceof AdminError)) throw error;
          if (working === 0) tell(error);
        }
        const took = performance.now() - begun;
        const wait = isAway ? pause.away : Math.min(pause.longest, Math.max(pause.here, took * share));
        await sleep(wait, undefined, { signal }).catch(() => {});
      }
    },
  };
}

/** It said something, if not what was wanted: asking faster does not help. */
function isAnswer({ kind }: AdminError): boolean {
  return kind !== 'unreachable' && kind !== 'timeout' && kind !== 'unknown-outcome' && kind !== 'not-applied';
}
