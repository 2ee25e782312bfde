import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import type { ServeSettings } from '../up/serve.ts';
import { addUpOptions } from '../up/settings.ts';

export const up: CommandModule<ServeSettings> = {
  define(command) {
    addPaths(command);
    addUpOptions(command);
    addExamples(command, [
      ['caddyctl up --local', 'tries the policies below policies/ on this machine, and harms nothing'],
      ['caddyctl up --local --obtain demo.yaml', 'the same on a machine without a Caddy'],
      ['caddyctl up /etc/caddyctl', 'serves in earnest: ports 80 and 443, certificates by ACME'],
    ]);
  },
  async run(invocation) {
    const { options, process, signals } = invocation;
    const { keepHeapSmall } = await import('../../daemon/heap.ts');
    keepHeapSmall();
    const { listenForHangups } = await import('../up/hangup.ts');
    const { defaultStateFolder, runFolder } = await import('../../daemon/run-folder.ts');
    const { prepare } = await import('../up/prepare.ts');
    const hangups = listenForHangups(process);
    const stop = AbortSignal.any([signals.take(), hangups.gone]);
    const folder = runFolder(options.stateDir ?? defaultStateFolder(process.env), options.local ? 'local' : 'up');
    const prepared = await prepare(invocation, folder, stop);
    if ('exitCode' in prepared) return prepared.exitCode;
    try {
      const { serve } = await import('../up/serve.ts');
      await serve(invocation, prepared, hangups, stop);
    } catch (error) {
      const { CaddyNotStarted } = await import('../../daemon/caddy-process.ts');
      throw error instanceof CaddyNotStarted ? new Failure(exitCodes.unreachable, error.message) : error;
    } finally {
      await prepared.release();
    }
    return signals.exitCode() ?? exitCodes.terminated;
  },
};
