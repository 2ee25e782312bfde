import type { CaddyConfig } from '../caddy/translate.ts';
import { assertNever } from '../diagnostics/assert-never.ts';
import { type Entry, isGood, type NewEntry } from '../history/entry.ts';
import type { History } from '../history/history.ts';
import type { KeptCheck } from '../history/kept-check.ts';
import { countChanges } from '../plan/change.ts';
import type { Outcome } from './outcome.ts';

/** Undefined where Caddy was not given anything, or where nobody knows what it made of it. `isVerified`: it is a last good one now. */
export function entryOf(
  outcome: Outcome,
  isVerified: boolean,
): Pick<Entry, 'outcome' | 'reason' | 'changes' | 'verified'> | undefined {
  const verified = isVerified ? { verified: true as const } : {};
  switch (outcome.kind) {
    case 'applied':
      return { outcome: 'applied', changes: countChanges(outcome.plan.changes), ...verified };
    case 'unchanged':
      return { outcome: isVerified ? 'verified' : 'found', changes: countChanges(outcome.plan.changes), ...verified };
    case 'rejected': {
      const { diagnostic, plan } = outcome;
      return { outcome: 'rejected', reason: diagnostic.message, changes: countChanges(plan.changes) };
    }
    case 'rolled-back':
    case 'rollback-failed': {
      const [first] = outcome.checks.regressions;
      const reason = `${first?.site}: ${first?.says}`;
      return { outcome: 'rolled-back', reason, changes: countChanges(outcome.plan.changes) };
    }
    case 'declined':
    case 'invalid':
    case 'conflict':
    case 'overtaken':
    case 'refused':
    case 'unreachable':
      return undefined;
    default:
      return assertNever(outcome);
  }
}

/** What Caddy ran already is only news to a history that was lost. Gives what there could not be believed. */
export async function remember(
  history: History,
  entry: NewEntry,
  config: CaddyConfig,
  checks: readonly KeptCheck[],
): Promise<readonly string[]> {
  if (entry.outcome !== 'found') return await history.record(entry, config, checks);
  const { entries, problems } = await history.read();
  const isKnown = entries.some(
    (known) => isGood(known) && known.revision === entry.revision && known.caddy === entry.caddy,
  );
  return isKnown ? problems : await history.record(entry, config, checks);
}
