import type { RunningCaddy } from '../../caddy/target.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Sources } from '../../files/read.ts';
import type { Live } from '../../plan/live.ts';
import type { Outcome } from '../../reconcile/outcome.ts';
import type { Observation } from '../../reconcile/verify/observe.ts';
import type { DriftClass } from '../status/state.ts';
import type { ReadPolicies } from './read-policies.ts';
import type { Result } from './result.ts';
import type { Settled } from './settled.ts';

/** What one turn of the daemon's worker came to. */
export interface Turn {
  /** Of the policies, or of what is pinned in their place. */
  readonly result: Result;
  /** Of putting back what was applied before, where the policies cannot be applied. */
  readonly fallback?: Result | undefined;
  readonly read: Sources;
  /** Absent where Caddy was not even asked. */
  readonly policies?: ReadPolicies | undefined;
  readonly pinned?: string | undefined;
  readonly desired?: string | undefined;
  readonly running?: RunningCaddy | undefined;
  /** When Caddy was shown to run what is desired, milliseconds since 1970, if this turn brought it there. */
  readonly appliedAt?: number | undefined;
  /** What Caddy says it runs; absent where it was not looked at. */
  readonly runs?: { readonly revision: string | undefined } | undefined;
  readonly settled: Settled | undefined;
  /** What the checks said of what is desired, in this turn or before; absent where none were run. */
  readonly checks?: Observation | undefined;
  /** When what runs has done well for long enough; ISO 8601. */
  readonly trialUntil?: string | undefined;
  /** How many configs Caddy took in this turn. */
  readonly loads: number;
  /** What still stands. */
  readonly drift?: DriftClass | undefined;
  /** What was put right. */
  readonly healed?: DriftClass | undefined;
  /** The paths whose texts are others than those that Caddy ran before. */
  readonly changed: readonly string[];
  /** What hindered the history. */
  readonly warnings: readonly Diagnostic[];
}

/** What Caddy runs when the pass is over. */
export function after(outcome: Extract<Outcome, { readonly plan: unknown }>): Live {
  const { base, next } = outcome.plan;
  return outcome.kind === 'applied' ? next : { apps: base.apps.value, logging: base.logging.value };
}

/** How many configs Caddy took for it. */
export function loadsOf(outcome: Outcome): number {
  if (outcome.kind === 'applied') return 1;
  if (outcome.kind !== 'rolled-back' && outcome.kind !== 'rollback-failed') return 0;
  const isBack = outcome.kind === 'rolled-back' || outcome.isBack;
  return Number(!outcome.plan.isNoop) + Number(isBack);
}

/** Whether Caddy was brought back, or was meant to be, to what it ran before. */
export function isTakenBack({ kind }: Outcome): boolean {
  return kind === 'rolled-back' || kind === 'rollback-failed';
}

/** A turn that is to begin anew, or not. */
export type Round = Turn & { readonly again: boolean };

/** How often one turn may begin anew. */
const mostRounds = 4;

/**
 * What Caddy complains of in one owner's files is a mistake of that one's, and the others are served in the same turn; so is
 * another Caddy. But whoever writes all the time, and a Caddy that comes and goes, is not waited for.
 */
export async function inRounds(once: (round: number) => Promise<Round>): Promise<Turn> {
  let loads = 0;
  const warnings = new Map<string, Diagnostic>();
  for (let round = 1; ; round++) {
    const { again, ...found } = await once(round);
    loads += found.loads;
    for (const warning of found.warnings) warnings.set(warning.message, warning);
    if (!again || round === mostRounds) return { ...found, loads, warnings: [...warnings.values()] };
  }
}
