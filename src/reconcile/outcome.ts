import type { AdminError } from '../admin/errors.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';
import type { Observation } from './verify/observe.ts';

/** What became of one pass. A mistake in a policy, and whatever Caddy does, ends in one of these and never in an exception. */
export type Outcome =
  /** Caddy runs what the policies say, shown by reading it back, and by `checks` where any were run after `at`, in milliseconds. */
  | { readonly kind: 'applied'; readonly plan: Plan; readonly at: number; readonly checks?: Observation }
  /** It did already; nothing was written. */
  | { readonly kind: 'unchanged'; readonly plan: Plan; readonly checks?: Observation }
  /** Only a plan was asked for, or whoever was asked said no. */
  | { readonly kind: 'declined'; readonly plan: Plan }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** Somebody else holds what the policies want; the plan names both sides. */
  | { readonly kind: 'conflict'; readonly plan: Plan }
  /** What is ours was changed while we were at it, so the plan that was shown is no longer what would happen. */
  | { readonly kind: 'overtaken'; readonly plan: Plan; readonly reason: string }
  | { readonly kind: 'refused'; readonly plan: Plan }
  /** Caddy did not take it. It serves what it served before, unless there is a `restoreProblem`. */
  | {
      readonly kind: 'rejected';
      readonly plan: Plan;
      readonly diagnostic: Diagnostic;
      readonly restoreProblem?: string | undefined;
    }
  /** Checks that had passed failed after the push. Caddy runs again what it ran before, shown by the same checks. */
  | { readonly kind: 'rolled-back'; readonly plan: Plan; readonly checks: Observation }
  /** The same, and it is not so, or not shown to be so. `isBack`: Caddy says that it runs what it ran before. */
  | {
      readonly kind: 'rollback-failed';
      readonly plan: Plan;
      readonly checks: Observation;
      readonly isBack: boolean;
      readonly problem: string;
    }
  /** Caddy could not be asked, or did not say what it made of a write. */
  | { readonly kind: 'unreachable'; readonly error: AdminError };
