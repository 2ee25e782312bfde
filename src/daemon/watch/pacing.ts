import type { Reason, Triggers } from './triggers.ts';

export interface Pacing {
  /** Caddy has loaded what the files say. */
  pushed(): void;
  /** Gives the reasons when there is no more to come soon, with those that came meanwhile. */
  calm(due: ReadonlySet<Reason>, signal: AbortSignal): Promise<ReadonlySet<Reason>>;
}

/** Milliseconds. */
const limits = {
  /** A change that comes later than this after a load goes at once. */
  recent: 2_000,
  /** So long nothing more may come before the next load, by how many loads there were in the last `series`. */
  quiet: [0, 100, 500, 1_500],
  series: 10_000,
  /** From a load to the next one, even if there is no end of changes. */
  longest: 6_000,
};

/**
 * Each load costs Caddy its kept connections and health states. One save is pushed at once; of a series that goes on, as when
 * something rewrites the files again and again, only what it has come to every few seconds, and how it ends.
 */
export function createPacing(triggers: Triggers, now: () => number = () => performance.now()): Pacing {
  let loads: number[] = [];
  return {
    pushed() {
      loads = [...loads.filter((each) => now() - each < limits.series), now()];
    },
    async calm(due, signal) {
      const all = new Set(due);
      const last = loads.at(-1) ?? -Infinity;
      if (now() - last >= limits.recent) return all;
      const quiet = limits.quiet[Math.min(loads.length, limits.quiet.length - 1)] ?? 0;
      while (isPatient(all) && !signal.aborted) {
        const left = last + limits.longest - now();
        if (left <= 0) break;
        const more = await triggers.wait(Math.min(quiet, left), signal);
        if (more.size === 0) break;
        for (const reason of more) all.add(reason);
      }
      return all;
    },
  };
}

/** Only the files come in series; what Caddy or a person wants is not kept waiting. */
function isPatient(due: ReadonlySet<Reason>): boolean {
  return [...due].every((reason) => reason === 'files');
}
