import type { Compiled } from '../../compile.ts';
import type { KeptCheck } from '../../history/kept-check.ts';
import { runningRevision } from '../../history/running.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Outcome } from '../outcome.ts';
import { pass, type PassInput } from '../pass.ts';
import type { Ahead, Asker } from './asker.ts';
import { chosen } from './chosen.ts';
import type { Guarantee } from './guarantee.ts';
import { type Observation, observe } from './observe.ts';
import { putBack } from './put-back.ts';
import { rollBack } from './roll-back.ts';

/** How it is shown by request that what was pushed works. */
export interface Verification {
  readonly asker: Asker;
  /** Milliseconds that a fault may last, with the time to put back what was before. */
  readonly settle: number;
  /** Ask even where nothing was pushed. */
  readonly looks: boolean;
  /** Wait for what is new, too. */
  readonly isPatient: boolean;
  /** Something is likely to be pushed: what is asked before it is asked as soon as the pass begins. */
  readonly isNews?: boolean | undefined;
  /** Ids of the checks that something was wrong with last time. */
  readonly again?: ReadonlySet<string>;
  /** What was to be checked of the revision that runs until the push, as far as that counts still; undefined where it is not known. */
  readonly before: (
    compiled: Compiled,
    plan: Plan,
    revision: string | undefined,
  ) => Promise<readonly KeptCheck[] | undefined>;
  /** The last thing before the push: from here on it is not known to work, until the pass has ended. `sound` passed just now. */
  readonly onTrial: (compiled: Compiled, sound: readonly Guarantee[], before: string | undefined) => Promise<void>;
  /** What is known of a revision that runs already and was not shown to work yet. */
  readonly unproved: (revision: string | undefined) => Promise<Unproved | undefined>;
}

interface Unproved {
  /** What passed right before it was pushed. */
  readonly sound: readonly KeptCheck[];
  /** The revision that ran before. */
  readonly before?: string | undefined;
  /** Makes Caddy run what it ran before; absent where that is not known. */
  readonly putBack?: (() => Promise<string | undefined>) | undefined;
}

export interface VerifiedPassInput extends PassInput {
  /** Absent: what was pushed counts as good. */
  readonly verification?: Verification | undefined;
}

/** Milliseconds for what is asked before the push, which waits for it: for one answer, and for all. */
const baseline = { answer: 1_000, inAll: 2_000 };

/**
 * A pass whose push is proved by request. What passed right before it and does not pass soon after is a regression, and then
 * what Caddy ran before is put back. What failed before and fails still is only told.
 */
export async function verifiedPass(input: VerifiedPassInput): Promise<Outcome> {
  const { admin, owner, verification, onStep = () => {} } = input;
  if (verification === undefined) return await pass(input);
  const { asker, settle, isPatient } = verification;
  const answer = Math.min(settle / 2, baseline.answer);
  const ahead = verification.isNews === true ? asker.ahead(answer, baseline.inAll) : undefined;
  // A pass that ends before the push never asks what became of it.
  ahead?.catch(() => {});
  let compiled: Compiled = { diagnostics: [] };
  let guarantees: readonly Guarantee[] = [];
  let sound: readonly Guarantee[] = [];
  let pending: Unproved | undefined;
  let unasked = 0;
  const choose = (all: readonly Guarantee[], plan: Plan, known: Unproved | undefined): readonly Guarantee[] => {
    const touched = new Set(plan.changes.flatMap((change) => (change.kind === 'site' ? change.hosts : [])));
    const again = new Set([...(verification.again ?? []), ...(known?.sound.map(({ check }) => check.id) ?? [])]);
    const asked = chosen(all, { touched, again, revision: compiled.revision ?? '' });
    unasked = all.length - asked.length;
    return asked;
  };
  const outcome = await pass({
    ...input,
    async compile(running) {
      compiled = await input.compile(running);
      return compiled;
    },
    async confirm(plan) {
      if (!(await input.confirm(plan))) return false;
      onStep('checking');
      const before = runningRevision(plan.base.apps.value, owner);
      const all = await asker.guarantees(compiled, await verification.before(compiled, plan, before));
      const unsure = await verification.unproved(before);
      guarantees = choose(all, plan, unsure);
      const known: Ahead = (await ahead) ?? new Map();
      // Only what passed counts: while others worked, the time for an answer may have run out without anybody listening.
      const isSound = ({ check }: Guarantee): boolean => known.get(check)?.state === 'passed';
      const others = guarantees.filter((guarantee) => !isSound(guarantee));
      const passed = new Set([
        ...guarantees.filter(isSound).map(({ check: { id } }) => id),
        ...(await asker.ask(others, answer, baseline.inAll)).flatMap(passedId),
      ]);
      // What an unproved push has broken already is not to be forgiven to the next one.
      pending = unsure?.sound.every(({ check }) => passed.has(check.id)) === true ? undefined : unsure;
      const passedEarlier = new Set(pending?.sound.map(({ check }) => check.id));
      sound = guarantees.filter(({ check: { id } }) => passed.has(id) || passedEarlier.has(id));
      await verification.onTrial(compiled, sound, pending?.before ?? before);
      return true;
    },
  });
  if (outcome.kind === 'applied') {
    const { plan } = outcome;
    return await proved(plan, pending?.putBack ?? (() => putBack(admin, owner, plan)), outcome);
  }
  if (outcome.kind !== 'unchanged') return outcome;
  const unproved = await verification.unproved(compiled.revision);
  if (unproved === undefined && !verification.looks) return outcome;
  sound = (unproved?.sound ?? []).map((kept) => ({ ...kept, isDropped: false, isNew: false }));
  guarantees = choose(await asker.guarantees(compiled, unproved?.sound), outcome.plan, unproved);
  return await proved(outcome.plan, unproved?.putBack, outcome);

  async function proved(
    plan: Plan,
    goBack: (() => Promise<string | undefined>) | undefined,
    served: Extract<Outcome, { readonly kind: 'applied' | 'unchanged' }>,
  ): Promise<Outcome> {
    onStep('verifying');
    const passedBefore = new Set(sound.map(({ check }) => check.id));
    const seen = await observe({ ask: asker.ask, guarantees, passedBefore, settle, isPatient });
    const checks: Observation = unasked === 0 ? seen : { ...seen, unasked };
    if (checks.regressions.length === 0) return { ...served, checks };
    if (goBack === undefined) return { ...served, checks: withoutRegressions(checks) };
    onStep('rolling-back');
    const failed = new Set(checks.regressions.map(({ id }) => id));
    const lost = guarantees.filter(({ check }) => failed.has(check.id));
    const back = await rollBack({ admin, putBack: goBack, ask: asker.ask, lost, settle });
    if (back.kind === 'proved') return { kind: 'rolled-back', plan, checks };
    return { kind: 'rollback-failed', plan, checks, isBack: back.kind === 'unproved', problem: back.problem };
  }
}

function passedId({ id, state }: { readonly id: string; readonly state: string }): string[] {
  return state === 'passed' ? [id] : [];
}

/** Where there is nothing to go back to, taking away what is there helps nobody. */
function withoutRegressions(checks: Observation): Observation {
  return { ...checks, regressions: [], failing: [...checks.regressions, ...checks.failing] };
}
