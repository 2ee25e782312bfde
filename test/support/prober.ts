import { setTimeout as sleep } from 'node:timers/promises';

/** A client that asks one thing again and again, and how it went. */
export interface Prober {
  /** Each answer so far, in the order in which it was asked. */
  seen(): readonly Probed[];
  /** Milliseconds from the first bad answer to the first good one after the last bad one; 0 where none was bad. */
  fault(): number;
  stop(): Promise<void>;
}

interface Probed {
  readonly at: number;
  readonly good: boolean;
}

/** `isGood`: one request, on a connection of its own; a rejection is bad. So many clients ask at once, each with a short pause. */
export function startProber(isGood: () => Promise<boolean>, clients = 4): Prober {
  const seen: Probed[] = [];
  const over = new AbortController();
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const at = performance.now();
      const good = await isGood().catch(() => false);
      seen.push({ at, good });
      await sleep(10);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  const ordered = (): Probed[] => seen.toSorted((one, other) => one.at - other.at);
  return {
    seen: ordered,
    fault() {
      const answers = ordered();
      const first = answers.find(({ good }) => !good);
      const last = answers.findLastIndex(({ good }) => !good);
      if (first === undefined) return 0;
      return (answers[last + 1]?.at ?? Infinity) - first.at;
    },
    async stop() {
      over.abort();
      await all;
    },
  };
}
