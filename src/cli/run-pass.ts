import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Pin } from '../history/pin.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import type { Step } from '../reconcile/pass.ts';
import { aim } from './aim.ts';
import type { Invocation } from './command.ts';
import { type PlanSettings, planOptionsOf } from './plan-options.ts';
import { compilePaths, targetOf } from './policies.ts';
import type { AdminSettings, TargetSettings } from './settings.ts';
import type { LocalSettings } from './up/settings.ts';

export interface PassSettings extends TargetSettings, AdminSettings, PlanSettings, LocalSettings {}

export interface PassParts {
  readonly confirm: (plan: Plan) => Promise<boolean>;
  readonly onStep?: (step: Step) => void;
  /** The command that the history remembers; absent for one that only looks. */
  readonly rememberedAs?: string;
}

export interface RanPass {
  readonly outcome: Outcome;
  /** Of the policies and of the history; errors only where the outcome is `invalid`. */
  readonly diagnostics: readonly Diagnostic[];
  /** The pin that this ended, and the one that holds now. */
  readonly ended?: Pin | undefined;
  readonly pinned?: Pin | undefined;
}

/** One pass over the policies that were typed, against the Caddy that the flags name. */
export async function runPass(
  { operands, options, process, log }: Invocation<PassSettings>,
  { confirm, onStep = () => {}, rememberedAs }: PassParts,
): Promise<RanPass> {
  const { admin, dialAddresses, target: local } = await aim(options, process.env, log);
  const aimed = { ...targetOf(options, process.env), ...local };
  const { inputsOf } = await import('../history/inputs.ts');
  let diagnostics: readonly Diagnostic[] = [];
  const input = {
    admin,
    owner: aimed.owner,
    options: planOptionsOf(options),
    compile: async (running: typeof aimed.running) => {
      const target = { ...aimed, adminAddresses: dialAddresses, ...(running && { running }) };
      const compiled = await compilePaths(operands, target, process.stdin, log);
      diagnostics = compiled.diagnostics;
      return { ...compiled, inputs: inputsOf(compiled.sources) };
    },
    confirm,
    onStep,
  };
  if (rememberedAs === undefined) {
    const { pass } = await import('../reconcile/pass.ts');
    const outcome = await pass(input);
    return { outcome, diagnostics };
  }
  const { recordedPass } = await import('../reconcile/recorded-pass.ts');
  const { by, historyOf } = await import('./remembered.ts');
  const history = await historyOf(aimed.owner, options.stateDir, process.env);
  const { warnings, ...ran } = await recordedPass({ ...input, history, by: by(rememberedAs), pin: 'ends' });
  return { ...ran, diagnostics: [...diagnostics, ...warnings] };
}
