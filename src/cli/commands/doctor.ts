import type { CommandModule } from '../command.ts';
import type { Examined } from '../doctor/examine.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addHistoryOptions, type HistorySettings } from '../history-options.ts';

export const doctor: CommandModule<HistorySettings> = {
  define(command) {
    addHistoryOptions(command);
    addExamples(command, [
      ['caddyctl doctor', "how Caddy's admin API is exposed, and how to close it; exit 7 where there is a problem"],
      ['caddyctl doctor --admin unix//run/caddy/admin.sock', 'of a Caddy that listens on a socket'],
      ['caddyctl doctor -o json', 'the findings for a script'],
    ]);
  },
  async run({ options, output, process }) {
    const { defaultStateFolder } = await import('../../daemon/run-folder.ts');
    const { renderFindings } = await import('../doctor/render.ts');
    const { versionOf } = await import('../doctor/version.ts');
    const { programVersion } = await import('../version.ts');
    const { admin, findings } = await examined(
      options,
      options.stateDir ?? defaultStateFolder(process.env),
      process.env,
    );

    const isWell = findings.every(({ level }) => level !== 'problem');
    const document = {
      well: isWell,
      caddyctl: programVersion,
      node: process.versions.node,
      caddy: admin === undefined ? null : { address: admin.address.text, version: versionOf(admin.inspection) },
      findings,
    };
    await output.document(document, () => renderFindings(findings, output.color));
    if (admin === undefined) return exitCodes.unreachable;
    return isWell ? exitCodes.done : exitCodes.checksFailed;
  },
};

async function examined(options: HistorySettings, state: string, env: NodeJS.ProcessEnv): Promise<Examined> {
  const { examine, unreached } = await import('../doctor/examine.ts');
  const { adminPlace } = await import('../open-admin.ts');
  const { runningLocal } = await import('../up/running.ts');
  try {
    const local = options.local ? await runningLocal(options.stateDir, env) : undefined;
    return await examine(await adminPlace({ ...options, ...(local && { admin: local.admin }) }), state, Date.now);
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== exitCodes.unreachable) throw error;
    return await examine({ unreached: unreached(error.message, error.hint ?? 'start one') }, state, Date.now);
  }
}
