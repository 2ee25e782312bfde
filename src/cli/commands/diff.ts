import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { addPlanOptions } from '../plan-options.ts';
import type { Closed } from '../reload-cost.ts';
import type { PassSettings } from '../run-pass.ts';
import { addAdminOptions, addTargetOptions } from '../settings.ts';
import { several } from '../several.ts';
import { addLocalOptions } from '../up/settings.ts';

interface DiffOptions extends PassSettings {
  readonly from?: readonly string[];
  readonly out?: string;
  readonly jsonPatch: boolean;
  readonly detailedExitcode: boolean;
}

export const diff: CommandModule<DiffOptions> = {
  define(command) {
    addPaths(command);
    command
      .option('--json-patch', 'print the changes of the config as JSON Patch (RFC 6902)', false)
      .option('--detailed-exitcode', 'end with 2 when something would change', false);
    command.option(
      '--from <path>',
      'compare with these policies, and with no Caddy: which requests change; may be given again',
      several(),
    );
    command.option('--out <file>', 'write the plan there, for `apply --plan`');
    addPlanOptions(command);
    addTargetOptions(command);
    addAdminOptions(command);
    addLocalOptions(command);
    addExamples(command, [
      ['caddyctl diff', 'what `caddyctl apply` would change'],
      ['caddyctl diff policies/ --from old-policies/', 'which requests are answered otherwise; in CI, without a Caddy'],
      ['caddyctl diff --out plan.json', 'for `caddyctl apply --plan plan.json`: that, or nothing'],
      ['caddyctl diff --detailed-exitcode -q', 'for scripts: 0 when Caddy has what the policies say, 2 when not'],
    ]);
  },
  async run(invocation) {
    const { options, output } = invocation;
    if (options.from !== undefined) {
      const { out, jsonPatch } = options;
      const lost = out !== undefined ? '--out' : jsonPatch ? '--json-patch' : undefined;
      if (lost !== undefined)
        throw new Failure(
          exitCodes.usage,
          `--from asks no Caddy, so there is no plan for ${lost}`,
          'leave one of them out',
        );
      const { diffPolicies } = await import('../diff-policies.ts');
      return await diffPolicies(invocation, options.from, options.detailedExitcode);
    }
    const { runPass } = await import('../run-pass.ts');
    const { exitCodeOf, failureOf, outcomeAsJson } = await import('../outcome.ts');
    const { costText, reloadCost } = await import('../reload-cost.ts');
    let cost: readonly Closed[] = [];
    // A pass that nobody agrees to ends with its plan.
    const ran = await runPass(invocation, {
      async confirm(plan, admin) {
        cost = await reloadCost(plan, admin);
        return false;
      },
    });
    const { outcome, basis } = ran;
    const isPlan = outcome.kind === 'declined' || outcome.kind === 'unchanged';
    if (options.out !== undefined && isPlan && basis) {
      const { writePlanFile } = await import('../plan-file.ts');
      await writePlanFile(options.out, outcome.plan, basis);
    }
    const { behaviourJson, behaviourText, liveBehaviour } = await import('../live-behaviour.ts');
    const behaviour = outcome.kind === 'declined' && basis ? await liveBehaviour(outcome.plan, basis) : undefined;
    if (options.jsonPatch && 'plan' in outcome) {
      const { jsonPatch } = await import('../../plan/json-patch.ts');
      const { base, next } = outcome.plan;
      const patch = jsonPatch({ apps: base.apps.value, logging: base.logging.value }, next);
      await output.document(patch, () => `${JSON.stringify(patch, null, 2)}\n`);
    } else if (output.format !== 'text') {
      const requests = behaviour && { requests: await behaviourJson(behaviour) };
      await output.document(
        { ...outcomeAsJson(ran, failureOf(outcome)), ...requests, ...(cost.length > 0 && { closes: cost }) },
        () => '',
      );
      return outcome.kind === 'declined' && options.detailedExitcode ? exitCodes.changes : exitCodeOf(outcome);
    } else if ('plan' in outcome) {
      const { renderPlan } = await import('../../plan/render.ts');
      const requests = behaviour && basis ? await behaviourText(behaviour, basis, output.color) : '';
      await output.text(renderPlan(outcome.plan, { color: output.color }) + requests + costText(cost));
    }
    output.diagnostics(ran.diagnostics);
    const failure = failureOf(outcome);
    if (failure !== undefined) throw failure;
    return outcome.kind === 'declined' && options.detailedExitcode ? exitCodes.changes : exitCodeOf(outcome);
  },
};
