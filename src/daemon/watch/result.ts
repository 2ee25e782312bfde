import { assertNever } from '../../diagnostics/assert-never.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { countChanges } from '../../plan/change.ts';
import type { Outcome } from '../../reconcile/outcome.ts';
import type { Observation } from '../../reconcile/verify/observe.ts';
import type { DriftClass, PassKind } from '../status/state.ts';

/** What became of one pass of the daemon, in an operator's words. */
export interface Result {
  readonly kind: PassKind;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Beyond those of the policies. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of a plan that can be allowed. */
  readonly digest?: string | undefined;
  /** What the pass found, and undid or left as it is. */
  readonly drift?: DriftClass | undefined;
  /** It may go well by itself in a moment. */
  readonly isPassing?: boolean;
}

/** Why a plan that could be pushed was not: the daemon's own decision. */
export type Verdict = Result & { readonly kind: 'refused' | 'reported' | 'withheld' };

/** How much of a digest is shown, and enough for `--allow`. */
const SHOWN = 16;

export function resultOf(outcome: Outcome, verdict: Verdict | undefined): Result {
  switch (outcome.kind) {
    case 'applied': {
      const { add, change, remove } = countChanges(outcome.plan.changes);
      return {
        kind: 'applied',
        message: `applied: ${add} added, ${change} changed, ${remove} removed`,
        diagnostics: [],
      };
    }
    case 'unchanged':
      return { kind: 'unchanged', message: 'Caddy has what the policies say', diagnostics: [] };
    case 'declined':
      if (verdict === undefined) throw new Error('bug: a plan was declined without a reason');
      return verdict;
    case 'invalid':
      return {
        kind: 'invalid',
        message: 'the policies have mistakes: nothing of them is applied, and what serves goes on',
        diagnostics: [],
      };
    case 'conflict': {
      const [first, ...others] = outcome.plan.conflicts;
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      return { kind: 'conflict', message: `${first?.message ?? ''}${more}`, hint: first?.hint, diagnostics: [] };
    }
    case 'overtaken':
      return { kind: 'overtaken', message: outcome.reason, diagnostics: [], isPassing: true };
    case 'refused': {
      const reasons = outcome.plan.refusals.map(({ reason }) => reason).join('; ');
      return refusal(reasons, outcome.plan.digest, []);
    }
    case 'rejected': {
      const { diagnostic, restoreProblem } = outcome;
      const after =
        restoreProblem === undefined
          ? 'it serves what it served before'
          : `what was before could not be put back: ${restoreProblem}`;
      return { kind: 'rejected', message: `${diagnostic.message}; ${after}`, diagnostics: [diagnostic] };
    }
    case 'rolled-back':
      return {
        kind: 'rolled-back',
        message: `rolled back: ${regressionsOf(outcome.checks)}; Caddy runs again what it ran before, and that passes`,
        ...allowance(outcome),
        diagnostics: [],
      };
    case 'rollback-failed':
      return {
        kind: 'rollback-failed',
        message: `THE ROLLBACK FAILED: ${outcome.problem}; before that, ${regressionsOf(outcome.checks)}`,
        hint: outcome.isBack
          ? 'look at the apps behind Caddy, and at its log'
          : 'a person is needed: Caddy may run what fails; `caddyctl rollback` tries to go back once more',
        diagnostics: [],
        isPassing: true,
      };
    case 'unreachable':
      return {
        kind: 'unreachable',
        message: outcome.error.message,
        hint: outcome.error.hint,
        diagnostics: [],
        isPassing: true,
      };
    default:
      return assertNever(outcome);
  }
}

/** The first of them, with what came. */
function regressionsOf({ regressions }: Observation): string {
  const [first, ...others] = regressions;
  if (first === undefined) return 'nothing failed';
  const { site, says, expected, got, line } = first;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${site}: ${says}: expected ${expected}, got ${got}${more} (${line.file}:${line.line}:${line.column})`;
}

/** What the policies no longer say may be meant; what they still say cannot be. */
function allowance({
  checks,
  plan,
}: Extract<Outcome, { readonly kind: 'rolled-back' }>): Pick<Result, 'hint' | 'digest'> {
  if (plan.isNoop || !checks.regressions.every(({ isDropped }) => isDropped)) {
    return { hint: 'it is not tried again until a policy changes; SIGHUP or `caddyctl apply` tries it again' };
  }
  const digest = plan.digest.slice(0, SHOWN);
  return {
    hint: `the policies no longer say so: if that is meant, caddyctl apply --allow ${digest}, with the paths and flags of this daemon`,
    digest,
  };
}

/** With the way to allow this one plan. */
export function refusal(reason: string, digest: string, diagnostics: readonly Diagnostic[]): Verdict {
  const shown = digest.slice(0, SHOWN);
  return {
    kind: 'refused',
    message: `refused: ${reason}; what serves goes on`,
    hint: `if that is meant, allow it once: caddyctl apply --allow ${shown}, with the paths and flags of this daemon`,
    diagnostics,
    digest: shown,
  };
}

/** Whether Caddy now runs what the pass was about. */
export function isServed({ kind }: Pick<Result, 'kind'>): boolean {
  return kind === 'applied' || kind === 'unchanged';
}
