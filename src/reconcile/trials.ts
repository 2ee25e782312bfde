import type { History } from '../history/history.ts';
import type { Trial } from '../history/trial.ts';

/** Which revision is not known to work, or known not to. */
export interface Trials {
  /** Whoever has pushed it. Rejects as the history does. */
  current(): Promise<Trial | undefined>;
  /** Holds for this process even where the history cannot keep it, and rejects then. */
  write(trial: Trial | undefined): Promise<void>;
}

/** `address`: the Caddy's. */
export function createTrials(history: History, address: string): Trials {
  let unkept: { readonly trial: Trial | undefined } | undefined;
  return {
    async current() {
      if (unkept !== undefined) return unkept.trial;
      const trial = await history.readTrial();
      return trial?.caddy === address ? trial : undefined;
    },
    async write(trial) {
      unkept = { trial };
      await history.writeTrial(trial);
      unkept = undefined;
    },
  };
}
