import type { RunningCaddy } from '../caddy/target.ts';
import type { CaddyConfig } from '../caddy/translate.ts';
import type { Compiled } from '../compile.ts';
import { assertNever } from '../diagnostics/assert-never.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { degraded, skipped } from '../history/degraded.ts';
import { type By, type Entry, isGood, type NewEntry } from '../history/entry.ts';
import type { History } from '../history/history.ts';
import type { Input } from '../history/inputs.ts';
import type { Pin } from '../history/pin.ts';
import { countChanges } from '../plan/change.ts';
import type { Outcome } from './outcome.ts';
import { pass, type PassInput } from './pass.ts';

export interface RecordedCompiled extends Compiled {
  /** The files that it was compiled from. */
  readonly inputs: readonly Input[];
}

export interface RecordedPassInput extends PassInput {
  readonly compile: (running: RunningCaddy | undefined) => Promise<RecordedCompiled>;
  readonly history: History;
  readonly by: By;
  /** What becomes of the pin when Caddy takes this: it stays, ends, or is this one. */
  readonly pin: 'stays' | 'ends' | Pin;
}

export interface RecordedPass {
  readonly outcome: Outcome;
  /** What hindered the history. It never hinders a pass. */
  readonly warnings: readonly Diagnostic[];
  /** The pin that this pass ended, and the one that holds now; neither where the pin stays as it is. */
  readonly ended?: Pin | undefined;
  readonly pinned?: Pin | undefined;
}

/**
 * A pass that is remembered. The pin changes before the push, since a daemon would otherwise take the push for drift and undo
 * it, and changes back when nothing came of the push.
 */
export async function recordedPass(input: RecordedPassInput): Promise<RecordedPass> {
  const { history, by, pin } = input;
  const warnings = new Map<string, Diagnostic>();
  const warn = (diagnostic: Diagnostic): void => void warnings.set(diagnostic.message, diagnostic);
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      warn(degraded(history.folder, error));
      return undefined;
    }
  };

  let compiled: RecordedCompiled | undefined;
  let pins: { readonly before: Pin | undefined; readonly now: Pin | undefined } | undefined;
  const movePin = async (): Promise<void> => {
    if (pin === 'stays' || pins !== undefined) return;
    const before = await attempt(() => history.readPin());
    const wanted = pin === 'ends' ? undefined : pin;
    const isMoved = await attempt(async () => {
      await history.writePin(wanted);
      return true;
    });
    pins = { before, now: isMoved ? wanted : before };
  };
  const outcome = await pass({
    ...input,
    compile: async (running) => {
      compiled = await input.compile(running);
      return compiled;
    },
    confirm: async (plan) => {
      const isAgreed = await input.confirm(plan);
      if (isAgreed) await movePin();
      return isAgreed;
    },
  });
  const isServed = outcome.kind === 'applied' || outcome.kind === 'unchanged';
  if (isServed) await movePin();
  else if (pins !== undefined) await attempt(() => history.writePin(pins?.before));

  const what = whatHappened(outcome);
  const { config, revision, inputs } = compiled ?? {};
  if (what !== undefined && config !== undefined && revision !== undefined && inputs !== undefined) {
    const entry = { revision, ...what, inputs, by, caddy: input.admin.address };
    const problems = await attempt(() => remember(history, entry, config));
    skipped(history.folder, problems ?? []).forEach(warn);
  }
  const { before, now } = (isServed && pins) || {};
  return { outcome, warnings: [...warnings.values()], ended: now === undefined ? before : undefined, pinned: now };
}

/** Undefined where Caddy was not given anything, or where nobody knows what it made of it. */
function whatHappened(outcome: Outcome): Pick<Entry, 'outcome' | 'reason' | 'changes'> | undefined {
  switch (outcome.kind) {
    case 'applied':
      return { outcome: 'applied', changes: countChanges(outcome.plan.changes) };
    case 'unchanged':
      return { outcome: 'found', changes: countChanges(outcome.plan.changes) };
    case 'rejected': {
      const { diagnostic, plan } = outcome;
      return { outcome: 'rejected', reason: diagnostic.message, changes: countChanges(plan.changes) };
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
async function remember(history: History, entry: NewEntry, config: CaddyConfig): Promise<readonly string[]> {
  if (entry.outcome !== 'found') return await history.record(entry, config);
  const { entries, problems } = await history.read();
  const isKnown = entries.some(
    (known) => isGood(known) && known.revision === entry.revision && known.caddy === entry.caddy,
  );
  return isKnown ? problems : await history.record(entry, config);
}
