import type { Command } from 'commander';
import type { Counts } from '../plan/change.ts';
import type { Plan } from '../plan/plan.ts';
import type { Invocation } from './command.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { Output } from './output.ts';
import type { Closed } from './reload-cost.ts';
import type { PlanBasis } from './plan-basis.ts';
import type { PassParts, RanPass } from './run-pass.ts';
import type { Observation } from '../reconcile/verify/observe.ts';

/** How a command that changes Caddy is agreed to. */
export interface AgreeSettings {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export function addAgreeOptions(command: Command): void {
  command
    .option('--dry-run', 'show what would change, and change nothing', false)
    .option('-y, --yes', 'do not ask; without a terminal nothing is asked anyway', false);
}

export interface Asking {
  /** Ends the command where this is not the plan that was meant. */
  readonly insist?: ((plan: Plan, basis: PlanBasis) => void) | undefined;
  readonly question: string;
  readonly run: (parts: PassParts) => Promise<RanPass>;
  /** What is said when it is done. */
  readonly unchanged: string;
  readonly applied: (counts: Counts) => string;
}

/** A pass that shows its plan, asks where there is somebody to ask, and tells what came of it. */
export async function agreedPass(invocation: Invocation<AgreeSettings>, asking: Asking): Promise<ExitCode> {
  const { options, output, process, signals } = invocation;
  const { renderPlan } = await import('../plan/render.ts');
  const show = (plan: Plan): void => output.note(renderPlan(plan, { color: output.noteColor }).trimEnd());
  let cost: readonly Closed[] = [];
  let isPushed = false;
  const ran = await asking.run({
    async confirm(plan, admin, basis) {
      if (basis) asking.insist?.(plan, basis);
      show(plan);
      if (basis?.policies) {
        const { behaviourText, liveBehaviour } = await import('./live-behaviour.ts');
        output.note((await behaviourText(await liveBehaviour(plan, basis), basis, output.noteColor)).trimEnd());
      }
      const { costText, reloadCost } = await import('./reload-cost.ts');
      cost = await reloadCost(plan, admin);
      if (cost.length > 0) output.note(costText(cost).trimEnd());
      if (options.dryRun) return false;
      if (options.yes || !process.stdin.isTTY || !process.stderr.isTTY) return true;
      const { askYesNo } = await import('./confirm.ts');
      return await askYesNo(asking.question, process);
    },
    onStep(step) {
      // A push that was begun is finished and proved; only a second signal breaks it off.
      if (step === 'pushing') {
        isPushed = true;
        signals.take();
      }
      if (step === 'verifying')
        output.note(
          isPushed ? 'Pushed: asking the sites' : 'Nothing to push; what runs was not proved yet: asking the sites',
        );
      if (step === 'rolling-back') output.note('Something broke: going back to what ran before');
      if (step === 'again') output.note('Somebody else changed their part of the config: planning again');
    },
  });
  const { outcome, basis } = ran;
  // Nothing was left to agree to, but that was not the plan.
  if (outcome.kind === 'unchanged' && basis) asking.insist?.(outcome.plan, basis);
  // Nobody was asked about these, so nobody has seen them.
  if (outcome.kind === 'conflict' || outcome.kind === 'refused') show(outcome.plan);
  return await report(invocation, asking, ran, cost);
}

async function report(
  { options, output }: Invocation<AgreeSettings>,
  { unchanged, applied }: Asking,
  ran: RanPass,
  cost: readonly Closed[],
): Promise<ExitCode> {
  const { exitCodeOf, failureOf, outcomeAsJson } = await import('./outcome.ts');
  const { outcome, ended, pinned, kept } = ran;
  const isNo = outcome.kind === 'declined' && !options.dryRun;
  const failure = isNo ? new Failure(exitCodes.refused, 'not agreed to: nothing was changed') : failureOf(outcome);
  const code = failure?.exitCode ?? exitCodeOf(outcome);
  if (output.format !== 'text') {
    await output.document({ ...outcomeAsJson(ran, failure), ...(cost.length > 0 && { closes: cost }) }, () => '');
    return code;
  }
  if (kept !== undefined) output.note(`What Caddy ran before is kept in ${kept}`);
  output.diagnostics(outcome.kind === 'rejected' ? [...ran.diagnostics, outcome.diagnostic] : ran.diagnostics);
  const checks = 'checks' in outcome ? outcome.checks : undefined;
  if (checks !== undefined) await tellChecks(output, checks);
  if (outcome.kind === 'rollback-failed') output.error(ALARM);
  if (failure !== undefined) throw failure;
  if (outcome.kind === 'unchanged') await output.text(`${unchanged}\n`);
  if (outcome.kind === 'applied') {
    const { countChanges } = await import('../plan/change.ts');
    await output.text(`${applied(countChanges(outcome.plan.changes))}\n`);
  }
  if (ended !== undefined) output.note(`Revision ${ended.revision} is no longer pinned`);
  if (pinned !== undefined) output.note(`Revision ${pinned.revision} is pinned: it stays until the policies change`);
  return code;
}

/** Nothing else that is said looks like this. */
const ALARM = `\n${'!'.repeat(72)}\n!!  The site may be down, and caddyctl cannot help it.\n${'!'.repeat(72)}\n`;

/** Shown with `--quiet` too where something broke. */
async function tellChecks(output: Output, checks: Observation): Promise<void> {
  const { countOfChecks, renderChecks } = await import('./checks-text.ts');
  const text = renderChecks(checks, { color: output.noteColor });
  if (text !== '' && checks.regressions.length > 0) output.error(text);
  else if (text !== '') output.note(text);
  output.note(`Checked: ${countOfChecks(checks)}`);
}
