import type { Target } from '../../caddy/target.ts';
import type { Model } from '../../ir/model.ts';
import { isAllowed, type Plan, type PlanOptions } from '../../plan/plan.ts';
import type { DriftClass } from '../status/state.ts';
import { isOnThisMachine, newListenProblems } from './bind-guard.ts';
import { type Breaker, mostHeals } from './breaker.ts';
import { classOfDrift, hasOurs } from './drift.ts';
import { refusal, type Verdict } from './result.ts';
import type { Settled } from './settled.ts';

export type SelfHeal = 'all' | 'report' | 'off';

/** What a plan is judged by. */
export interface Bench {
  readonly target: Target;
  readonly options: PlanOptions;
  readonly selfHeal: SelfHeal;
  readonly breaker: Breaker;
  /** The admin API's address. */
  readonly address: string;
  /** What Caddy ran last, as far as is known. */
  readonly settled: Settled | undefined;
  /** Caddy was started since then. */
  readonly isNewCaddy: boolean;
  /** The revision that Caddy rejected, and has not heard of anything else since. */
  readonly rejected: string | undefined;
  /** The revision that was put back because checks failed, with these policies. */
  readonly failed: string | undefined;
}

/** What is to be pushed. */
export interface Desire {
  readonly revision: string;
  /** Absent where it does not come from the policies. */
  readonly model?: Model | undefined;
}

export interface Judgement {
  /** Why not to push; undefined to go on. */
  readonly verdict?: Verdict;
  /** The plan only undoes what happened to what was applied before. */
  readonly drift?: DriftClass;
}

/** Whether to push a plan that its guards let through. */
export async function judge(plan: Plan, desire: Desire, bench: Bench): Promise<Judgement> {
  const { settled, rejected, options } = bench;
  if (rejected === desire.revision) return { verdict: rejectedBefore(rejected) };
  if (isAllowed(plan.digest, options)) return {};
  if (bench.failed === desire.revision) return { verdict: failedBefore(bench.failed) };
  if (settled?.revision === desire.revision && settled.from === 'here') return await judgeDrift(plan, desire, bench);
  const problem = await cannotBind(plan, desire, bench);
  return problem === undefined ? {} : { verdict: problem };
}

/** The same where the policies cannot be applied, and what was applied before would be put back. */
export async function judgeFallback(plan: Plan, desire: Desire, bench: Bench): Promise<Judgement> {
  if (bench.settled?.from === 'here') return await judgeDrift(plan, desire, bench);
  if (!hasOurs(plan.base, bench.target.owner)) return { drift: 'reset' };
  return { verdict: { kind: 'withheld', message: 'what Caddy runs was not applied by this daemon', diagnostics: [] } };
}

async function judgeDrift(plan: Plan, desire: Desire, bench: Bench): Promise<Judgement> {
  const { target, selfHeal, breaker, isNewCaddy } = bench;
  const drift = classOfDrift(plan, target.owner, isNewCaddy);
  const found = sentences[drift];
  if (selfHeal !== 'all') {
    const verdict: Verdict = {
      kind: 'reported',
      message: `${found}; it is only reported`,
      hint: 'apply the policies with `caddyctl apply`, or start with --self-heal all',
      diagnostics: [],
      drift,
    };
    return { verdict, drift };
  }
  if (!isNewCaddy && breaker.isOpen()) {
    const verdict: Verdict = {
      kind: 'withheld',
      message: `${found}, again, after it was put right ${mostHeals} times in a row: somebody else undoes it, so healing is given up until a policy changes`,
      hint: 'find who else writes to this Caddy, such as another caddyctl with the same --owner; SIGHUP heals again',
      diagnostics: [],
      drift,
    };
    return { verdict, drift };
  }
  const problem = await cannotBind(plan, desire, bench);
  return problem === undefined ? { drift } : { verdict: { ...problem, drift }, drift };
}

const sentences: Readonly<Record<DriftClass, string>> = {
  edited: 'what was applied was changed in Caddy by somebody else',
  gone: 'parts of what was applied were taken out of Caddy by somebody else',
  reset: 'Caddy no longer has what was applied: it came back with something else',
  foreign: 'somebody else changed their own part of the config',
};

async function cannotBind(plan: Plan, { model }: Desire, { address, target }: Bench): Promise<Verdict | undefined> {
  if (model === undefined || !isOnThisMachine(address)) return undefined;
  const problems = await newListenProblems(model, target, plan.base);
  if (problems.length === 0) return undefined;
  const reason = problems.map(({ message }) => message).join('; ');
  return { ...refusal(reason, plan.digest, problems), isPassing: true };
}

/** What it is able to do was known of the one before it. */
export const anotherCaddy: Verdict = {
  kind: 'withheld',
  message: 'another Caddy answers than a moment before: it is looked at anew',
  diagnostics: [],
  isPassing: true,
};

function rejectedBefore(revision: string): Verdict {
  return {
    kind: 'withheld',
    message: `Caddy rejected revision ${revision}: it is not sent again until a policy changes or Caddy is started anew`,
    hint: 'SIGHUP sends it again',
    diagnostics: [],
  };
}

function failedBefore(revision: string): Verdict {
  return {
    kind: 'withheld',
    message: `checks failed with revision ${revision}, and it was rolled back: it is not sent again until a policy changes`,
    hint: 'SIGHUP or `caddyctl apply` tries it again; `caddyctl history` tells what failed',
    diagnostics: [],
  };
}
