import { assertNever } from '../diagnostics/assert-never.ts';
import { diagnosticsAsJson } from '../diagnostics/as-json.ts';
import { planAsJson } from '../plan/as-json.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { Failure } from './failure.ts';
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
    case 'unreachable':
      return new Failure(code, outcome.error.message, outcome.error.hint);
    default:
      return undefined;
  }
}

/** One pass for programs. */
export function outcomeAsJson({ outcome, diagnostics, ended, pinned }: RanPass): object {
  const failure = failureOf(outcome);
  const found = outcome.kind === 'rejected' ? [...diagnostics, outcome.diagnostic] : diagnostics;
  return {
    outcome: outcome.kind,
    ...('plan' in outcome && { plan: planAsJson(outcome.plan) }),
    ...(ended && { unpinned: ended.revision }),
    ...(pinned && { pinned: pinned.revision }),
    diagnostics: diagnosticsAsJson(found),
    ...(failure && { error: { message: failure.message, ...(failure.hint !== undefined && { hint: failure.hint }) } }),
  };
}
