import type { AdminPort } from '../admin/port.ts';
import { lackedBy } from '../caddy/lacking.ts';
import type { RunningCaddy } from '../caddy/target.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { StoredEntry } from '../history/entry.ts';
import type { History } from '../history/history.ts';
import { inputsDigest } from '../history/inputs.ts';
import type { Pin } from '../history/pin.ts';
import type { Plan } from '../plan/plan.ts';
import { pass } from '../reconcile/pass.ts';
import { recordedPass, type RecordedCompiled } from '../reconcile/recorded-pass.ts';
import type { AgreeSettings } from './agreed-pass.ts';
import { type PlanSettings, planOptionsOf } from './plan-options.ts';
import { orFailure } from './recall.ts';
import { by } from './remembered.ts';
import type { PassParts, RanPass } from './run-pass.ts';

export interface Rollback {
  readonly admin: AdminPort;
  readonly owner: string;
  readonly history: History;
  /** Newest first. */
  readonly entries: readonly StoredEntry[];
  /** The one to go back to. */
  readonly entry: StoredEntry;
  readonly options: PlanSettings & AgreeSettings;
  readonly parts: PassParts;
}

/** A pass whose config comes from the history and not from policies. */
export async function runRollback(rollback: Rollback): Promise<RanPass> {
  const { admin, owner, history, entry, options, parts } = rollback;
  const config = await orFailure(history, () => history.config(entry));
  let diagnostics: readonly Diagnostic[] = [];
  const input = {
    admin,
    owner,
    options: planOptionsOf(options),
    ...parts,
    confirm: (plan: Plan) => parts.confirm(plan, admin),
    async compile(running: RunningCaddy | undefined): Promise<RecordedCompiled> {
      const { revision, inputs } = entry;
      diagnostics = running === undefined ? [] : lackedBy(running, config);
      // Where its lines stood in the policies is not kept: by now they may say something else.
      const compiled = { diagnostics, revision, inputs, origins: new Map() };
      return diagnostics.length > 0 ? compiled : { ...compiled, config };
    },
  };
  if (options.dryRun) {
    const outcome = await pass(input);
    return { outcome, diagnostics };
  }
  const { warnings, ...ran } = await recordedPass({ ...input, history, by: by('rollback'), pin: pinTo(rollback) });
  return { ...ran, diagnostics: [...diagnostics, ...warnings] };
}

/** Until the policies are no longer those that history saw last, whatever Caddy made of them. */
function pinTo({ admin, entries, entry }: Rollback): Pin {
  const last = entries.find(({ caddy, by: who }) => caddy === admin.address && who.command !== 'rollback');
  return {
    time: new Date().toISOString(),
    revision: entry.revision,
    ...(last && { inputs: inputsDigest(last.inputs) }),
    by: by('rollback'),
    caddy: admin.address,
  };
}
