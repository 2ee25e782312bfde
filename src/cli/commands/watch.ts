import { Option } from 'commander';
import type { SelfHeal } from '../../daemon/watch/verdict.ts';
import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { addPlanOptions, type PlanSettings } from '../plan-options.ts';
import {
  addAdminOptions,
  addTargetOptions,
  type AdminSettings,
  type OutputSettings,
  type TargetSettings,
} from '../settings.ts';
import { addStatusOptions, type StatusSettings } from '../status-options.ts';
import { addStateOption } from '../up/settings.ts';
import { verifySettingsOf } from '../verify-options.ts';
import { addWatchOptions, maxGrowth, type WatchSettings } from '../watch-options.ts';
import { programVersion } from '../version.ts';

interface WatchOptions
  extends TargetSettings,
    AdminSettings,
    PlanSettings,
    OutputSettings,
    StatusSettings,
    WatchSettings {
  readonly selfHeal: SelfHeal;
  readonly stateDir?: string;
}

export const watch: CommandModule<WatchOptions> = {
  logLevel: 'info',
  define(command) {
    addPaths(command);
    command.addOption(
      new Option('--self-heal <what>', 'what others did to ours in Caddy: undo all of it, report it, or do not look')
        .choices(['all', 'report', 'off'])
        .default('all'),
    );
    addWatchOptions(command);
    addPlanOptions(command);
    addTargetOptions(command);
    addAdminOptions(command);
    command.optionsGroup('State:');
    addStateOption(command);
    addStatusOptions(command);
    addExamples(command, [
      ['caddyctl watch /etc/caddyctl', 'beside a Caddy on this machine: what is saved is served'],
      [
        'caddyctl watch --on-error hold-file --admin unix//run/caddy/admin.sock policies',
        'in a container, over a socket',
      ],
    ]);
  },
  async run({ operands, options, output, process, log, signals }) {
    if (operands.includes('-'))
      throw new Failure(exitCodes.usage, 'standard input cannot be watched: name files or folders');
    const [{ pathsOf }, { planOptionsOf }, { targetOf }, { openAdmin }, { by, historyOf }, { loggedAdmin }] =
      await Promise.all([
        import('../paths.ts'),
        import('../plan-options.ts'),
        import('../policies.ts'),
        import('../open-admin.ts'),
        import('../remembered.ts'),
        import('../logged-admin.ts'),
      ]);
    const { keepHeapSmall } = await import('../../daemon/heap.ts');
    keepHeapSmall();
    const { watchLoop } = await import('../../daemon/watch-loop.ts');
    const { createMemory } = await import('../../daemon/watch/memory.ts');
    const { createTriggers } = await import('../../daemon/watch/triggers.ts');
    const { createStatusHolder, initialStatus } = await import('../../daemon/status/state.ts');
    const { createServiceNotices } = await import('../../daemon/service-notices.ts');
    const { createLiveness } = await import('../../daemon/status/liveness.ts');
    const { serveStatus } = await import('../../daemon/status/serve-status.ts');
    const { statusDials, statusPlaceOf } = await import('../status-options.ts');

    const place = await statusPlaceOf(options);
    const { admin: opened, dialAddresses } = await openAdmin(options);
    const admin = loggedAdmin(opened, log);
    const triggers = createTriggers();
    const stop = signals.take();
    const history = await historyOf(options.owner, options.stateDir, process.env);
    const status = createStatusHolder(initialStatus(options.owner, admin.address, new Date()));
    const liveness = createLiveness(options.timeout);
    const notices = createServiceNotices({ env: process.env, status, liveness, log });
    process.on('SIGHUP', () => {
      notices.asked();
      triggers.ring('signal');
    });
    const saysSo = (): void => {
      notices.stopping();
      log.info({}, 'stopping: the pass under way is finished');
    };
    stop.addEventListener('abort', saysSo, { once: true });
    notices.startedByFirstPass();
    const server = place && (await serveStatus({ ...place, status, liveness, version: programVersion, log }));
    try {
      await watchLoop({
        paths: pathsOf(operands),
        admin,
        target: {
          ...targetOf(options, process.env),
          adminAddresses: dialAddresses,
          statusAddresses: statusDials(options),
        },
        options: { ...planOptionsOf(options), maxGrowth },
        selfHeal: options.selfHeal,
        onError: options.onError,
        intervalMs: options.interval,
        poll: options.poll,
        memory: createMemory(history, by('watch'), admin),
        verify: verifySettingsOf(options),
        status,
        liveness,
        log,
        show: (diagnostics) => process.stderr.isTTY && output.diagnostics(diagnostics),
        triggers,
        stop,
      });
    } finally {
      await server?.close();
      await notices.close();
    }
    return signals.exitCode() ?? exitCodes.done;
  },
};
