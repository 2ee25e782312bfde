import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { addExamples } from '../help.ts';
import { addHistoryOptions, type HistorySettings } from '../history-options.ts';

export const history: CommandModule<HistorySettings> = {
  define(command) {
    addHistoryOptions(command);
    addExamples(command, [
      ['caddyctl history', 'the newest revision first; the one that Caddy runs is marked'],
      ['caddyctl history -o json', 'with the files that each was made from'],
    ]);
  },
  async run({ options, output, process, log }) {
    const { aim } = await import('../aim.ts');
    const { historyOf } = await import('../remembered.ts');
    const { askRunning, recall } = await import('../recall.ts');
    const { historyTable } = await import('../history-table.ts');
    const { diagnosticsAsJson } = await import('../../diagnostics/as-json.ts');
    const { isGood } = await import('../../history/entry.ts');
    const { admin, target } = await aim(options, process.env, log);
    const owner = target?.owner ?? options.owner;
    const remembered = await historyOf(owner, options.stateDir, process.env);
    const { entries, pin, trial, warnings } = await recall(remembered);
    const running = await askRunning(admin, owner);

    const here = entries.filter((entry) => entry.caddy === admin.address && isGood(entry));
    const current = here.find(({ revision }) => revision === running);
    const pinned = pin?.caddy === admin.address ? here.find(({ revision }) => revision === pin.revision) : undefined;
    const rows = entries.map((entry) => ({ entry, running: entry === current, pinned: entry === pinned }));
    const isUnproved = trial?.caddy === admin.address && trial.state === 'pushed' && trial.revision === running;
    const unknown = running instanceof Error ? running.message : undefined;
    const value = {
      folder: remembered.folder,
      caddy: admin.address,
      running: unknown === undefined ? running : null,
      ...(unknown !== undefined && { unknown }),
      pin: pin ?? null,
      unproved: isUnproved ? { time: trial.time, revision: trial.revision } : null,
      entries: rows.map(({ entry, ...marks }) => ({ ...entry, ...marks })),
      diagnostics: diagnosticsAsJson(warnings),
    };
    await output.document(value, () => (rows.length === 0 ? 'No revision yet\n' : historyTable(rows)));
    if (output.format !== 'text') return exitCodes.done;
    output.diagnostics(warnings);
    if (unknown !== undefined) output.note(`What runs now is unknown: ${unknown}`);
    else if (running === null) output.note(`Caddy at ${admin.address} runs no revision of ${owner}`);
    else if (current === undefined && isUnproved)
      output.note(
        `Caddy at ${admin.address} runs ${running}, pushed at ${trial.time}: the push was broken off before it was proved, which the next pass does`,
      );
    else if (current === undefined)
      output.note(`Caddy at ${admin.address} runs ${running}, which is not in the history`);
    return exitCodes.done;
  },
};
