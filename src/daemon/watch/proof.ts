import type { Target } from '../../caddy/target.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { degraded } from '../../history/degraded.ts';
import type { Trial } from '../../history/trial.ts';
import type { Verify } from '../../reconcile/kept-verification.ts';
import type { Outcome } from '../../reconcile/outcome.ts';
import { createTrials } from '../../reconcile/trials.ts';
import { createAsker } from '../../reconcile/verify/asker.ts';
import type { Observation } from '../../reconcile/verify/observe.ts';
import type { Memory } from './memory.ts';

/** How pushes are verified, in milliseconds. */
export interface VerifySettings {
  /** What a fault may last, with the time to put back what was before. */
  readonly settle: number;
  /** What a revision must do well before it is one of the last good ones. */
  readonly bake: number;
}

/** What the daemon knows of whether what it pushed works. */
export interface Proof {
  /** Begins a turn: what is on trial, or has failed. */
  look(warn: (problem: Diagnostic) => void): Promise<Trial | undefined>;
  /**
   * How the turn is to be verified; undefined where there is nothing to ask. `isNews`: something is to be pushed, or may be;
   * `isFirst`: and it is the first turn about it.
   */
  verify(trial: Trial | undefined, isNews: boolean, isFirst: boolean): Verify | undefined;
  /** Forgets what failed, so that it is tried again. */
  forgive(): Promise<void>;
  /** Notes how the turn ended for this revision, and gives what its checks said, then or before. */
  note(outcome: Outcome, revision: string | undefined): Observation | undefined;
  /** Of what runs: when it has done well for long enough. ISO 8601. */
  until(): Promise<string | undefined>;
  /** Whether going back was of no use with this revision, twice: it would go on for ever. */
  isHopeless(revision: string | undefined): boolean;
}

const mostUnproved = 2;

/** Undefined where nothing is to be asked. */
export function createProof(
  settings: VerifySettings | undefined,
  memory: Memory | undefined,
  address: string,
  target: () => Target,
): Proof | undefined {
  if (settings === undefined || memory === undefined) return undefined;
  const { history } = memory;
  const trials = createTrials(history, address);
  const asker = createAsker({ target });
  let last: { readonly revision: string; readonly checks: Observation } | undefined;
  let unproved: readonly string[] = [];

  async function current(warn: (problem: Diagnostic) => void): Promise<Trial | undefined> {
    try {
      return await trials.current();
    } catch (error) {
      warn(degraded(history.folder, error));
      return undefined;
    }
  }
  /** What failed may be well by now. */
  const hasToLook = (): boolean => last === undefined || wrongIn(last.checks).length > 0;

  return {
    look: current,
    verify(trial, isNews, isFirst) {
      const looks = hasToLook();
      if (!isNews && !looks && trial?.state !== 'pushed') return undefined;
      const again = new Set(last === undefined ? [] : wrongIn(last.checks));
      return { asker, trials, ...settings, looks, isPatient: false, isNews: isNews && isFirst, again };
    },
    async forgive() {
      unproved = [];
      await trials.write(undefined).catch(() => {});
    },
    note(outcome, revision) {
      if (revision === undefined) return undefined;
      const checks = 'checks' in outcome ? outcome.checks : undefined;
      if (checks !== undefined) last = { revision, checks };
      if (outcome.kind === 'rollback-failed' && outcome.isBack) unproved = [...unproved, revision].slice(-10);
      return last?.revision === revision ? last.checks : undefined;
    },
    async until() {
      const trial = await current(() => {});
      return trial?.state === 'pushed' ? trial.until : undefined;
    },
    isHopeless: (revision) => unproved.filter((each) => each === revision).length >= mostUnproved,
  };
}

function wrongIn({ failing, flapping }: Observation): string[] {
  return [...failing, ...flapping].map(({ id }) => id);
}
