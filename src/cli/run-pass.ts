import type { AdminPort } from '../admin/port.ts';
import type { Target } from '../caddy/target.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { History } from '../history/history.ts';
import type { Pin } from '../history/pin.ts';
import type { Plan } from '../plan/plan.ts';
import type { Verify } from '../reconcile/kept-verification.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import type { Step } from '../reconcile/pass.ts';
import type { Policies } from '../behaviour/policies.ts';
import { aim } from './aim.ts';
import type { Invocation } from './command.ts';
import { type PlanSettings, planOptionsOf } from './plan-options.ts';
import { type CompiledPaths, compilePaths, targetOf } from './policies.ts';
import type { PlanBasis } from './plan-basis.ts';
import type { AdminSettings, TargetSettings } from './settings.ts';
import type { LocalSettings } from './up/settings.ts';
import type { VerifySettings } from './verify-options.ts';

export interface PassSettings extends TargetSettings, AdminSettings, PlanSettings, LocalSettings {}

export interface PassParts {
  readonly confirm: (plan: Plan, admin: AdminPort, basis?: PlanBasis) => Promise<boolean>;
  readonly onStep?: (step: Step) => void;
  /** The command that the history remembers, and how it is verified; absent for one that only looks. */
  readonly remembered?: { readonly as: string; readonly verify: VerifySettings };
}

export interface RanPass {
  /** What its plan rests on; absent where the policies make none. */
  readonly basis?: PlanBasis | undefined;
  readonly outcome: Outcome;
  /** Of the policies and of the history; errors only where the outcome is `invalid`. */
  readonly diagnostics: readonly Diagnostic[];
  /** The pin that this ended, and the one that holds now. */
  readonly ended?: Pin | undefined;
  readonly pinned?: Pin | undefined;
  /** The file that keeps what Caddy ran, where something of somebody else's was removed. */
  readonly kept?: string | undefined;
}

/** One pass over the policies that were typed, against the Caddy that the flags name. */
export async function runPass(
  { operands, options, process, log }: Invocation<PassSettings>,
  { confirm, onStep = () => {}, remembered }: PassParts,
): Promise<RanPass> {
  const { admin, dialAddresses, target: local } = await aim(options, process.env, log);
  const aimed = { ...targetOf(options, process.env), ...local };
  const { inputsOf } = await import('../history/inputs.ts');
  const { by, historyOf } = await import('./remembered.ts');
  const history = await historyOf(aimed.owner, options.stateDir, process.env);
  let diagnostics: readonly Diagnostic[] = [];
  let basis: PlanBasis | undefined;
  const input = {
    admin,
    owner: aimed.owner,
    options: planOptionsOf(options),
    compile: async (running: typeof aimed.running) => {
      const target = { ...aimed, adminAddresses: dialAddresses, ...(running && { running }) };
      const compiled = await lookedUp(await compilePaths(operands, target, process.stdin, log), target);
      diagnostics = compiled.diagnostics;
      const inputs = inputsOf(compiled.sources, compiled.owners?.file);
      const { model, revision } = compiled;
      const { owner, httpPort, httpsPort } = aimed;
      const surroundings = { httpPort, httpsPort, ...(running && { modules: running.modules }) };
      const policies: Policies | undefined = model && { model, surroundings };
      if (revision !== undefined) basis = { owner, caddy: admin.address, revision, inputs, policies, history };
      return { ...compiled, inputs };
    },
    confirm: (plan: Plan) => confirm(plan, admin, basis),
    onStep,
  };
  if (remembered === undefined) {
    const { pass } = await import('../reconcile/pass.ts');
    const outcome = await pass(input);
    return { outcome, diagnostics, basis };
  }
  const { recordedPass } = await import('../reconcile/recorded-pass.ts');
  const verify = await verifyOf(remembered.verify, aimed, history, admin.address);
  const { warnings, ...ran } = await recordedPass({ ...input, history, by: by(remembered.as), verify, pin: 'ends' });
  return { ...ran, basis, diagnostics: [...diagnostics, ...warnings] };
}

/** Names are looked up where something is to be pushed: elsewhere they may lead elsewhere. */
async function lookedUp(compiled: CompiledPaths, target: Target): Promise<CompiledPaths> {
  const { config, ...rest } = compiled;
  if (config === undefined || rest.model === undefined) return rest;
  const { ledAstray } = await import('../lookup/led-astray.ts');
  const { createNameLookup } = await import('../lookup/name-lookup.ts');
  const astray = await ledAstray(rest.model, target, createNameLookup());
  return astray.length === 0 ? compiled : { ...rest, diagnostics: [...rest.diagnostics, ...astray] };
}

async function verifyOf(
  { verify, settle }: VerifySettings,
  target: Target,
  history: History,
  address: string,
): Promise<Verify | undefined> {
  if (!verify) return undefined;
  const { createAsker } = await import('../reconcile/verify/asker.ts');
  const { createTrials } = await import('../reconcile/trials.ts');
  const asker = createAsker({ target: () => target });
  return { asker, trials: createTrials(history, address), settle, bake: 0, looks: false, isPatient: true };
}
