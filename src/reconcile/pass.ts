import { AdminError } from '../admin/errors.ts';
import type { AdminPort } from '../admin/port.ts';
import type { RunningCaddy } from '../caddy/target.ts';
import type { Compiled } from '../compile.ts';
import { type Origin, placeOf } from '../ir/origin.ts';
import type { Desired } from '../plan/live.ts';
import { type Bases, makePlan, type Plan, type PlanOptions } from '../plan/plan.ts';
import { askCaddy } from './ask-caddy.ts';
import type { Outcome } from './outcome.ts';
import { push } from './push.ts';
import { readBases } from './read-bases.ts';
import { explainRejection } from './rejection.ts';

export interface PassInput {
  readonly admin: AdminPort;
  readonly owner: string;
  /** May depend on what was compiled: a guard is for what is new. */
  readonly options: PlanOptions | ((compiled: Compiled) => PlanOptions);
  /** Reads and compiles everything anew; `running` is absent when Caddy could not be asked. */
  readonly compile: (running: RunningCaddy | undefined) => Promise<Compiled>;
  /** Asked once, with a plan that could be pushed. Whatever is pushed does to ours what this plan says, or nothing is. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
  readonly onStep?: (step: Step) => void;
}

export type Step = 'reading' | 'checking' | 'pushing' | 'proving' | 'again' | 'verifying' | 'rolling-back';

/** How often others may write between our reading and our writing before we give up. */
const MOST_TRIES = 5;

/** One pass: whatever was there before, Caddy afterwards serves what the policies say, or the outcome says why not. */
export async function pass(input: PassInput): Promise<Outcome> {
  try {
    const running = await orError(askCaddy(input.admin));
    const compiled = await input.compile(running instanceof AdminError ? undefined : running);
    const { config, origins, diagnostics } = compiled;
    if (config === undefined || origins === undefined) return { kind: 'invalid', diagnostics };
    // Only now: a mistake in a policy is told even where no Caddy can be asked.
    if (running instanceof AdminError) return { kind: 'unreachable', error: running };
    const options = typeof input.options === 'function' ? input.options(compiled) : input.options;
    return await reconcile({ ...input, options }, config, origins);
  } catch (error) {
    if (error instanceof AdminError) return { kind: 'unreachable', error };
    throw error;
  }
}

async function reconcile(
  input: PassInput & { readonly options: PlanOptions },
  desired: Desired,
  origins: ReadonlyMap<string, Origin>,
): Promise<Outcome> {
  const { admin, owner, options, onStep = () => {} } = input;
  const planFrom = (base: Bases): Plan =>
    makePlan({ base, desired, owner, options, placeOf: (id) => placeIn(origins, id) });
  let agreed: Plan | undefined;
  for (let tries = 1; ; tries++) {
    onStep('reading');
    const plan = planFrom(await readBases(admin));
    const answer = answerWithoutPush(plan);
    if (answer !== undefined)
      return agreed !== undefined && plan.isNoop ? { kind: 'applied', plan: agreed, at: Date.now() } : answer;
    if (agreed === undefined) {
      if (!(await input.confirm(plan))) return { kind: 'declined', plan };
    } else if (plan.digest !== agreed.digest) {
      return { kind: 'overtaken', plan, reason: 'somebody changed what is ours while the plan was on its way' };
    }
    onStep('pushing');
    const pushed = await push(admin, plan);
    switch (pushed.kind) {
      case 'done': {
        onStep('proving');
        const after = planFrom(await readBases(admin));
        if (after.isNoop) return { kind: 'applied', plan, at: Date.now() };
        return { kind: 'overtaken', plan: after, reason: 'somebody changed what is ours right after it was pushed' };
      }
      case 'rejected': {
        const diagnostic = explainRejection(pushed.failure, plan.next, origins);
        return { kind: 'rejected', plan, diagnostic, restoreProblem: pushed.restoreProblem };
      }
      case 'changed':
        if (tries === MOST_TRIES)
          return { kind: 'overtaken', plan, reason: `others wrote before us ${tries} times in a row` };
        agreed = planFrom(pushed.base);
        onStep('again');
        break;
      default:
        return pushed satisfies never;
    }
  }
}

/** What ends a pass before anything is written. */
function answerWithoutPush(plan: Plan): Outcome | undefined {
  if (plan.conflicts.length > 0) return { kind: 'conflict', plan };
  if (plan.refusals.length > 0) return { kind: 'refused', plan };
  return plan.isNoop ? { kind: 'unchanged', plan } : undefined;
}

function placeIn(origins: ReadonlyMap<string, Origin>, id: string): ReturnType<typeof placeOf> | undefined {
  const origin = origins.get(id);
  return origin && placeOf(origin);
}

async function orError<T>(promise: Promise<T>): Promise<T | AdminError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof AdminError) return error;
    throw error;
  }
}
