import { Option } from 'commander';
import type { StatusDocument } from '../../daemon/status/document.ts';
import type { CommandModule } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import type { OutputSettings } from '../settings.ts';
import { addAddressOptions, type AddressSettings, askedPlace } from '../status-options.ts';

interface StatusOptions extends AddressSettings, OutputSettings {
  readonly watch: boolean;
  readonly all: boolean;
  readonly detailedExitcode: boolean;
  readonly probe?: 'alive' | 'ready';
}

export const status: CommandModule<StatusOptions> = {
  define(command) {
    command
      .addOption(new Option('-w, --watch', 'go on, and show each change').default(false).conflicts('detailedExitcode'))
      .option('--all', 'files and sites that are fine too', false)
      .option('--detailed-exitcode', 'exit 2 where it is degraded or not serving', false)
      .addOption(
        new Option(
          '--probe <what>',
          'say nothing but yes (exit 0) or no (exit 4): whether the daemon is alive, or ready to be counted on',
        )
          .choices(['alive', 'ready'])
          .conflicts(['watch', 'all', 'detailedExitcode']),
      );
    addAddressOptions(command);
    addExamples(command, [
      ['caddyctl status', 'a headline, the revision, and whatever is not fine, with its place in the files'],
      ['caddyctl status --watch -o json', 'a line of JSON for each change'],
      ['caddyctl status --probe ready', 'for a container: HEALTHCHECK, readinessProbe'],
    ]);
  },
  async run(invocation) {
    const { options, output, process, signals } = invocation;
    const place = await askedPlace(options, process.env);
    if (options.probe !== undefined) return await probe(options.probe, await import('../status/probe.ts'));
    const { renderStatus, statusLine } = await import('../status/render.ts');
    const text = (found: StatusDocument): string =>
      renderStatus(found, { color: output.color, all: options.all, now: Date.now() });
    if (!options.watch) {
      const { askStatus } = await import('../status/document.ts');
      const found = await askStatus(place);
      await output.document(found, () => text(found));
      return found.state !== 'serving' && options.detailedExitcode ? exitCodes.changes : exitCodes.done;
    }
    const { watchStatus } = await import('../status/watch-status.ts');
    const { createScreen } = await import('../status/screen.ts');
    const stop = signals.take();
    const screen = createScreen(output, process.stdout, { text, line: statusLine });
    await watchStatus(place, (found) => screen.show(found), output, stop);
    screen.close();
    return signals.exitCode() ?? exitCodes.done;

    async function probe(
      what: 'alive' | 'ready',
      { askProbe }: typeof import('../status/probe.ts'),
    ): Promise<ExitCode> {
      const no = await askProbe(place, what);
      if (no === undefined) return exitCodes.done;
      throw new Failure(exitCodes.unreachable, no);
    }
  },
};
