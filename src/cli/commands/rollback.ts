import { Argument } from 'commander';
import { addAgreeOptions, type AgreeSettings, agreedPass } from '../agreed-pass.ts';
import type { CommandModule } from '../command.ts';
import { addExamples } from '../help.ts';
import { addHistoryOptions, type HistorySettings } from '../history-options.ts';
import { addPlanOptions, type PlanSettings } from '../plan-options.ts';

interface RollbackOptions extends HistorySettings, PlanSettings, AgreeSettings {}

export const rollback: CommandModule<RollbackOptions> = {
  define(command) {
    command.addArgument(
      new Argument('[revision]', 'as `history` shows it, or its first digits').default(undefined, 'the last good one'),
    );
    addAgreeOptions(command);
    addPlanOptions(command);
    addHistoryOptions(command);
    addExamples(command, [
      ['caddyctl rollback', 'shows what changes, asks, and goes back to what ran before'],
      ['caddyctl rollback 3fa9c1 --yes', 'to that revision; it stays until the policies change or are applied'],
    ]);
  },
  async run(invocation) {
    const { operands, options, output, process, log } = invocation;
    const { aim } = await import('../aim.ts');
    const { historyOf } = await import('../remembered.ts');
    const { recall } = await import('../recall.ts');
    const { chosenEntry } = await import('../chosen-entry.ts');
    const { runRollback } = await import('../run-rollback.ts');
    const { admin, target } = await aim(options, process.env, log);
    const owner = target?.owner ?? options.owner;
    const history = await historyOf(owner, options.stateDir, process.env);
    const { entries, warnings } = await recall(history);
    output.diagnostics(warnings);
    const entry = await chosenEntry(entries, operands[0], admin, owner);
    return await agreedPass(invocation, {
      question: `Roll back to ${entry.revision}?`,
      run: (parts) => runRollback({ admin, owner, history, entries, entry, options, parts }),
      unchanged: `No changes: Caddy has revision ${entry.revision}`,
      applied: ({ add, change, remove }) =>
        `Rolled back to ${entry.revision}: ${add} added, ${change} changed, ${remove} removed`,
    });
  },
};
