import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import type { Step } from '../reconcile/pass.ts';
import type { Invocation } from './command.ts';
import { loggedAdmin } from './logged-admin.ts';
import { openAdmin } from './open-admin.ts';
import { type PlanSettings, planOptionsOf } from './plan-options.ts';
import { compilePaths, targetOf } from './policies.ts';
import type { AdminSettings, TargetSettings } from './settings.ts';
import { runningLocal } from './up/running.ts';
import type { LocalSettings } from './up/settings.ts';

export interface PassSettings extends TargetSettings, AdminSettings, PlanSettings, LocalSettings {}

export interface RanPass {
  readonly outcome: Outcome;
  /** Of the policies; errors only where the outcome is `invalid`. */
  readonly diagnostics: readonly Diagnostic[];
}

/** One pass over the policies that were typed, against the Caddy that the flags name. */
export async function runPass(
  { operands, options, process, log }: Invocation<PassSettings>,
  confirm: (plan: Plan) => Promise<boolean>,
  onStep: (step: Step) => void = () => {},
): Promise<RanPass> {
  const local = options.local ? await runningLocal(options.stateDir, process.env) : undefined;
  const { admin: opened, dialAddresses } = await openAdmin({ ...options, ...(local && { admin: local.admin }) });
  const aimed = { ...targetOf(options, process.env), ...local?.target };
  const { pass } = await import('../reconcile/pass.ts');
  let diagnostics: readonly Diagnostic[] = [];
  const outcome = await pass({
    admin: loggedAdmin(opened, log),
    owner: aimed.owner,
    options: planOptionsOf(options),
    compile: async (running) => {
      const target = { ...aimed, adminAddresses: dialAddresses, ...(running && { running }) };
      const compiled = await compilePaths(operands, target, process.stdin, log);
      diagnostics = compiled.diagnostics;
      return compiled;
    },
    confirm,
    onStep,
  });
  return { outcome, diagnostics };
}
