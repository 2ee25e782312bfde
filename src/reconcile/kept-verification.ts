import type { Compiled } from '../compile.ts';
import { goodEntries } from '../history/condemned.ts';
import type { By, StoredEntry } from '../history/entry.ts';
import type { History } from '../history/history.ts';
import type { KeptCheck } from '../history/kept-check.ts';
import type { Trial } from '../history/trial.ts';
import { isAllowed, type Plan, type PlanOptions } from '../plan/plan.ts';
import type { Outcome } from './outcome.ts';
import type { PassInput } from './pass.ts';
import type { Trials } from './trials.ts';
import type { Asker } from './verify/asker.ts';
import { putConfigBack } from './verify/put-back.ts';
import type { Verification } from './verify/verified-pass.ts';

/** How pushes are verified, with what outlives the process. */
export interface Verify {
  readonly asker: Asker;
  readonly trials: Trials;
  /** Milliseconds that a fault may last, with the time to put back what was before. */
  readonly settle: number;
  /** Milliseconds that a revision must do well before it is one of the last good ones. */
  readonly bake: number;
  /** Ask even where nothing was pushed. */
  readonly looks: boolean;
  /** Wait for what is new to come up, as nobody looks again. */
  readonly isPatient: boolean;
  /** Something is likely to be pushed. */
  readonly isNews?: boolean;
  /** Ids of the checks that something was wrong with last time. */
  readonly again?: ReadonlySet<string>;
}

interface Parts extends Pick<PassInput, 'admin' | 'owner' | 'options'> {
  readonly history: History;
  readonly by: By;
  /** `inputsDigest` of what was compiled. */
  readonly inputs: () => string;
  /** Gives undefined where the history hinders it, which is told. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T | undefined>;
}

export interface KeptVerification extends Verification {
  /** What the policies say is to be checked, as soon as it was asked for. */
  readonly said: () => readonly KeptCheck[];
  /** After the pass. Gives whether this makes the revision one of the last good ones. */
  readonly end: (outcome: Outcome, revision: string | undefined) => Promise<boolean>;
}

/** A verification whose baseline and last good revision are in the history. */
export function keptVerification(
  { asker, trials, settle, bake, looks, isPatient, isNews, again = new Set() }: Verify,
  parts: Parts,
): KeptVerification {
  const { admin, owner, history, by, attempt } = parts;
  let said: readonly KeptCheck[] = [];
  let moved: { readonly from: Trial | undefined } | undefined;
  const write = (trial: Trial | undefined): Promise<void | undefined> => attempt(() => trials.write(trial));

  async function entryOf(revision: string | undefined): Promise<StoredEntry | undefined> {
    if (revision === undefined) return undefined;
    const found = await attempt(async () => (await history.read()).entries);
    const good = goodEntries(found ?? []).filter((entry) => entry.revision === revision);
    return good.find(({ caddy }) => caddy === admin.address) ?? good[0];
  }

  /** What passed before the push that is not proved yet, if it is this revision's. */
  async function trialOf(revision: string | undefined): Promise<Trial | undefined> {
    const trial = await attempt(() => trials.current());
    return trial?.state === 'pushed' && trial.revision === revision ? trial : undefined;
  }

  return {
    asker: {
      ...asker,
      async guarantees(...of) {
        const guarantees = await asker.guarantees(...of);
        said = guarantees.filter(({ isDropped }) => !isDropped).map(({ check, line }) => ({ check, line }));
        return guarantees;
      },
    },
    said: () => said,
    settle,
    looks,
    isPatient,
    isNews,
    again,
    async before(compiled, plan, revision) {
      if (isMeant(compiled, plan)) return undefined;
      const entry = await entryOf(revision);
      return entry && (await attempt(() => history.checks(entry)));

      // Whoever allows this very plan has seen what it takes away.
      function isMeant(of: Compiled, { digest }: Plan): boolean {
        const options: PlanOptions = typeof parts.options === 'function' ? parts.options(of) : parts.options;
        return isAllowed(digest, options);
      }
    },
    async onTrial({ revision = '' }, sound, before) {
      const now = Date.now();
      const trial: Trial = {
        time: new Date(now).toISOString(),
        until: new Date(now + bake).toISOString(),
        revision,
        state: 'pushed',
        inputs: parts.inputs(),
        ...(before !== undefined && before !== revision && { before }),
        sound: sound.map(({ check, line }): KeptCheck => ({ check, line })),
        by,
        caddy: admin.address,
      };
      moved = { from: await attempt(() => trials.current()) };
      await write(trial);
    },
    async unproved(revision) {
      const trial = await trialOf(revision);
      if (trial === undefined) return undefined;
      const entry = await entryOf(trial.before);
      const config = entry && (await attempt(() => history.config(entry)));
      return {
        sound: trial.sound,
        before: trial.before,
        putBack: config && (() => putConfigBack(admin, owner, config)),
      };
    },
    async end(outcome, revision) {
      const trial = await trialOf(revision);
      switch (outcome.kind) {
        case 'applied':
        case 'unchanged':
          if (trial === undefined || Date.now() < Date.parse(trial.until)) return false;
          await write(undefined);
          return outcome.checks !== undefined && outcome.checks.passed.length > 0;
        case 'rolled-back':
          if (trial !== undefined) await write({ ...trial, state: 'failed' });
          return false;
        case 'rollback-failed':
          // What fails without it as well is not its fault.
          if (outcome.isBack) await write(undefined);
          return false;
        case 'rejected':
        case 'conflict':
        case 'refused':
          if (moved !== undefined) await write(moved.from);
          return false;
        default:
          // It is not known what runs.
          return false;
      }
    },
  };
}
