import { assertNever } from '../diagnostics/assert-never.ts';
import { diagnosticsAsJson } from '../diagnostics/as-json.ts';
import { planAsJson } from '../plan/as-json.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import type { Finding } from '../reconcile/verify/guarantee.ts';
import type { Observation } from '../reconcile/verify/observe.ts';
import { errorPart } from './error-part.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { Failure, mistakes } from './failure.ts';
import type { RanPass } from './run-pass.ts';

export function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome.kind) {
    case 'applied':
    case 'unchanged':
    case 'declined':
      return exitCodes.done;
    case 'invalid':
      return exitCodes.invalid;
    case 'conflict':
    case 'overtaken':
      return exitCodes.conflict;
    case 'refused':
      return exitCodes.refused;
    case 'rejected':
      return outcome.restoreProblem === undefined ? exitCodes.rejected : exitCodes.rollbackFailed;
    case 'rolled-back':
      return exitCodes.checksFailed;
    case 'rollback-failed':
      return exitCodes.rollbackFailed;
    case 'unreachable':
      return exitCodes.unreachable;
    default:
      return assertNever(outcome);
  }
}

/** The sentence with which a command fails, or undefined where it does not, or where diagnostics say it all. */
export function failureOf(outcome: Outcome): Failure | undefined {
  const code = exitCodeOf(outcome);
  switch (outcome.kind) {
    case 'conflict': {
      const [first, ...others] = outcome.plan.conflicts;
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      const hint = first?.hint ?? 'nothing was changed; --force-conflicts takes over what stands in the way';
      return new Failure(code, `conflict: ${first?.message ?? ''}${more}`, hint);
    }
    case 'overtaken':
      return new Failure(code, `conflict: ${outcome.reason}`, 'look with `caddyctl diff`, then apply again');
    case 'refused': {
      const [first] = outcome.plan.refusals;
      return new Failure(code, `refused: ${first?.reason ?? ''}; nothing was changed`, first?.allow);
    }
    case 'rejected': {
      const problem = outcome.restoreProblem;
      if (problem === undefined) return new Failure(code, 'Caddy rejected the config; it serves what it served before');
      return new Failure(code, `Caddy rejected the config, and what was before could not be put back: ${problem}`);
    }
    case 'rolled-back': {
      const { regressions } = outcome.checks;
      const count = regressions.length === 1 ? 'a check that passed' : `${regressions.length} checks that passed`;
      const message = `rolled back: ${count} before the push failed after it; Caddy runs again what it ran before, and that passes`;
      return new Failure(code, message, hintOfRollback(outcome));
    }
    case 'rollback-failed': {
      const hint = outcome.isBack
        ? 'Caddy runs what it ran before: look at the apps behind it, and at its log'
        : 'Caddy may run what fails: look at it now; `caddyctl rollback` tries to go back once more';
      return new Failure(code, `THE ROLLBACK FAILED, A PERSON IS NEEDED: ${outcome.problem}`, hint);
    }
    case 'unreachable':
      return new Failure(code, outcome.error.message, outcome.error.hint);
    default:
      return undefined;
  }
}

/** What the policies no longer say may be meant; what they still say cannot be. */
function hintOfRollback({ checks, plan }: Extract<Outcome, { readonly kind: 'rolled-back' }>): string {
  if (!checks.regressions.every(({ isDropped }) => isDropped)) return 'mend the policies or the app, then apply again';
  return `the policies no longer say so: if that is meant, allow it once with --allow ${plan.digest.slice(0, 16)}`;
}

/** One pass for programs; `failure` is what it ends with. Where nobody said no, what was not pushed is a plan. */
export function outcomeAsJson(
  { outcome, diagnostics, ended, pinned, kept }: RanPass,
  failure: Failure | undefined,
): object {
  const isPlan = outcome.kind === 'declined' && failure === undefined;
  const isInvalid = outcome.kind === 'invalid';
  const found = outcome.kind === 'rejected' ? [...diagnostics, outcome.diagnostic] : diagnostics;
  return {
    outcome: isPlan ? 'planned' : outcome.kind,
    ...('plan' in outcome && { plan: planAsJson(outcome.plan) }),
    ...('checks' in outcome && outcome.checks && { checks: checksAsJson(outcome.checks) }),
    ...(ended && { unpinned: ended.revision }),
    ...(pinned && { pinned: pinned.revision }),
    ...(kept !== undefined && { kept }),
    diagnostics: diagnosticsAsJson(found),
    ...errorPart(isInvalid ? mistakes(exitCodes.invalid) : failure),
  };
}

function checksAsJson({ passed, regressions, failing, flapping, skipped, ...rest }: Observation): object {
  const found = (findings: readonly Finding[]): object[] =>
    findings.map(({ line, ...each }) => ({ ...each, place: line }));
  return {
    passed: passed.length,
    regressions: found(regressions),
    failing: found(failing),
    flapping: found(flapping),
    skipped: found(skipped),
    ...rest,
  };
}
