import type { CommandModule, Invocation } from '../command.ts';
import type { Examined } from '../doctor/examine.ts';
import { errorPart } from '../error-part.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { addAdminOptions, addTargetOptions, type AdminSettings, type TargetSettings } from '../settings.ts';
import { addLocalOptions, type LocalSettings } from '../up/settings.ts';

interface DoctorOptions extends TargetSettings, AdminSettings, LocalSettings {
  readonly bundle?: string;
  readonly withHosts: boolean;
}

export const doctor: CommandModule<DoctorOptions> = {
  define(command) {
    addPaths(command);
    command
      .option('--bundle <file>', 'also write what helps to understand a fault from afar, without a value of any config')
      .option('--with-hosts', 'with the names of hosts and files in the bundle', false);
    addTargetOptions(command);
    addAdminOptions(command);
    addLocalOptions(command);
    addExamples(command, [
      ['caddyctl doctor', "how Caddy's admin API is exposed, and how to close it; exit 7 where there is a problem"],
      ['caddyctl doctor --admin unix//run/caddy/admin.sock', 'of a Caddy that listens on a socket'],
      ['caddyctl doctor -o json', 'the findings for a script'],
      ['caddyctl doctor --bundle report.json policies/', 'for a report of a fault; read it before you send it'],
    ]);
  },
  async run(invocation) {
    const { operands, options, output, process } = invocation;
    if (options.bundle === undefined && (operands.length > 0 || options.withHosts)) {
      const what = options.withHosts ? '--with-hosts says what' : 'policies are read for what';
      throw new Failure(exitCodes.usage, `${what} goes into a bundle, and none is asked for`, 'add --bundle FILE');
    }
    const { defaultStateFolder } = await import('../../daemon/run-folder.ts');
    const { renderFindings } = await import('../doctor/render.ts');
    const { versionOf } = await import('../doctor/version.ts');
    const { programVersion } = await import('../version.ts');
    const state = options.stateDir ?? defaultStateFolder(process.env);
    const found = await examined(options, state, process.env);
    if (options.bundle !== undefined) await bundle(invocation, found, options.bundle);

    const { admin, findings } = found;
    const first = findings.find(({ level }) => level === 'problem');
    const code = admin === undefined ? exitCodes.unreachable : exitCodes.checksFailed;
    const failure = first && new Failure(code, first.seen, 'close' in first ? first.close : undefined);
    const document = {
      well: first === undefined,
      caddyctl: programVersion,
      node: process.versions.node,
      caddy: admin === undefined ? null : { address: admin.address.text, version: versionOf(admin.inspection) },
      findings,
      ...errorPart(failure),
    };
    await output.document(document, () => renderFindings(findings, output.color));
    return failure?.exitCode ?? exitCodes.done;
  },
};

async function examined(
  options: AdminSettings & LocalSettings,
  state: string,
  env: NodeJS.ProcessEnv,
): Promise<Examined> {
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

async function bundle(invocation: Invocation<DoctorOptions>, examined: Examined, path: string): Promise<void> {
  const { operands, options, output, process, log, wholeProgram } = invocation;
  const { withHosts } = options;
  const { bundleOf } = await import('../doctor/bundle/bundle.ts');
  const { settingsFacts } = await import('../doctor/bundle/settings.ts');
  const { writeBundle } = await import('../doctor/bundle/write.ts');
  const { compilePaths, targetOf } = await import('../policies.ts');
  const { historyOf } = await import('../remembered.ts');
  const { programVersion } = await import('../version.ts');
  const { runningLocal } = await import('../up/running.ts');
  const local = options.local ? await runningLocal(options.stateDir, process.env).catch(() => undefined) : undefined;
  const target = { ...targetOf(options, process.env), ...local?.target };
  const parts = {
    examined,
    compiled: await compilePaths(operands, target, process.stdin, log),
    history: await historyOf(target.owner, options.stateDir, process.env),
    settings: settingsFacts(options, examined.admin?.address, await wholeProgram(), process.env),
    owner: target.owner,
    version: programVersion,
    now: new Date(),
    withHosts,
  };
  await writeBundle(path, await bundleOf(parts));
  const names = withHosts ? 'the names of hosts, files and addresses' : 'no name of a host or file';
  output.note(
    `Wrote ${path}, for this user alone (0600): versions, which settings are made, findings, mistakes by code and place, revisions and their outcomes, and what the live config is made of. It holds ${names}, and no value of a config.`,
  );
}
