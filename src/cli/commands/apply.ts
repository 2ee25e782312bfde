import type { Plan } from '../../plan/plan.ts';
import type { CommandModule, Invocation } from '../command.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { addPlanOptions } from '../plan-options.ts';
import type { PassSettings, RanPass } from '../run-pass.ts';
import { addAdminOptions, addTargetOptions } from '../settings.ts';
import { addLocalOptions } from '../up/settings.ts';

interface ApplyOptions extends PassSettings {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export const apply: CommandModule<ApplyOptions> = {
  define(command) {
    addPaths(command);
    command
      .option('--dry-run', 'show what would change, and change nothing', false)
      .option('-y, --yes', 'do not ask; without a terminal nothing is asked anyway', false);
    addPlanOptions(command);
    addTargetOptions(command);
    addAdminOptions(command);
    addLocalOptions(command);
    addExamples(command, [
      ['caddyctl apply', 'shows what changes, asks, and makes Caddy serve policies/'],
      ['caddyctl apply --yes site.yaml --admin unix//run/caddy/admin.sock', 'in a script, over a socket'],
      ['caddyctl apply --local', 'to the Caddy that `caddyctl up --local` runs'],
    ]);
  },
  async run(invocation) {
    const { options, output, process, signals } = invocation;
    const { runPass } = await import('../run-pass.ts');
    const { renderPlan } = await import('../../plan/render.ts');
    const show = (plan: Plan): void => output.note(renderPlan(plan, { color: output.noteColor }).trimEnd());
    const confirm = async (plan: Plan): Promise<boolean> => {
      show(plan);
      if (options.dryRun) return false;
      if (options.yes || !process.stdin.isTTY || !process.stderr.isTTY) return true;
      const { askYesNo } = await import('../confirm.ts');
      return await askYesNo('Apply this?', process);
    };
    const ran = await runPass(invocation, confirm, (step) => {
      // A push that was begun is finished and proved; only a second signal breaks it off.
      if (step === 'pushing') signals.take();
      if (step === 'again') output.note('Somebody else changed their part of the config: planning again');
    });
    const { outcome } = ran;
    // Nobody was asked about these, so nobody has seen them.
    if (outcome.kind === 'conflict' || outcome.kind === 'refused') show(outcome.plan);
    return await report(invocation, ran);
  },
};

async function report({ options, output }: Invocation<ApplyOptions>, ran: RanPass): Promise<ExitCode> {
  const { exitCodeOf, failureOf, outcomeAsJson } = await import('../outcome.ts');
  const { outcome } = ran;
  const isNo = outcome.kind === 'declined' && !options.dryRun;
  const code = isNo ? exitCodes.interrupted : exitCodeOf(outcome);
  if (output.format !== 'text') {
    await output.document(outcomeAsJson(ran), () => '');
    return code;
  }
  output.diagnostics(outcome.kind === 'rejected' ? [...ran.diagnostics, outcome.diagnostic] : ran.diagnostics);
  const failure = failureOf(outcome);
  if (failure !== undefined) throw failure;
  if (isNo) output.note('Nothing was changed');
  if (outcome.kind === 'unchanged') await output.text('No changes: Caddy has what the policies say\n');
  if (outcome.kind === 'applied') {
    const { countChanges } = await import('../../plan/change.ts');
    const { add, change, remove } = countChanges(outcome.plan.changes);
    await output.text(`Applied: ${add} added, ${change} changed, ${remove} removed\n`);
  }
  return code;
}
