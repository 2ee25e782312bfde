import { addAgreeOptions, type AgreeSettings, agreedPass } from '../agreed-pass.ts';
import type { CommandModule } from '../command.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { addPlanOptions } from '../plan-options.ts';
import type { PassSettings } from '../run-pass.ts';
import { addAdminOptions, addTargetOptions } from '../settings.ts';
import { addLocalOptions } from '../up/settings.ts';
import { addVerifyOptions, type VerifySettings } from '../verify-options.ts';

interface ApplyOptions extends PassSettings, AgreeSettings, VerifySettings {
  readonly plan?: string;
}

export const apply: CommandModule<ApplyOptions> = {
  define(command) {
    addPaths(command);
    addAgreeOptions(command);
    addVerifyOptions(command);
    command.option('--plan <file>', 'do what `diff --out` wrote there, exactly, or nothing');
    addPlanOptions(command);
    addTargetOptions(command);
    addAdminOptions(command);
    addLocalOptions(command);
    addExamples(command, [
      ['caddyctl apply', 'shows what changes, asks, and makes Caddy serve policies/'],
      ['caddyctl apply --yes site.yaml --admin unix//run/caddy/admin.sock', 'in a script, over a socket'],
      ['caddyctl apply --plan plan.json', 'what `caddyctl diff --out plan.json` showed, or nothing'],
      ['caddyctl apply --local', 'to the Caddy that `caddyctl up --local` runs'],
    ]);
  },
  async run(invocation) {
    const { runPass } = await import('../run-pass.ts');
    const { options } = invocation;
    const { dryRun, plan } = options;
    const insist = plan === undefined ? undefined : await (await import('../plan-file.ts')).readPlanFile(plan);
    return await agreedPass(invocation, {
      insist,
      question: 'Apply this?',
      run: (parts) => runPass(invocation, dryRun ? parts : { ...parts, remembered: { as: 'apply', verify: options } }),
      unchanged: 'No changes: Caddy has what the policies say',
      applied: ({ add, change, remove }) => `Applied: ${add} added, ${change} changed, ${remove} removed`,
    });
  },
};
