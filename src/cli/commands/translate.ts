import { Option } from 'commander';
import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { compilePaths, targetOf } from '../policies.ts';
import { layoutsText } from '../layouts-text.ts';
import { addTargetOptions, type TargetSettings } from '../settings.ts';

interface TranslateOptions extends TargetSettings {
  readonly sourceMap: boolean;
  readonly layout: 'plain' | 'auto';
  readonly explainLayout: boolean;
}

export const translate: CommandModule<TranslateOptions> = {
  define(command) {
    addPaths(command);
    command
      .option('--source-map', 'print {config, origins}: the file, line and column of each @id', false)
      .addOption(
        new Option(
          '--layout <name>',
          'how routes are laid out: plain is one for each route of a policy, auto what serves many sites faster',
        )
          .choices(['auto', 'plain'])
          .default('auto'),
      )
      .option(
        '--explain-layout',
        'say how the routes of each server are laid out, and why, in place of the config',
        false,
      );
    addTargetOptions(command);
    addExamples(command, [
      ['caddyctl translate policies/koda.yaml > caddy.json', 'what `caddy run --config caddy.json` takes as it is'],
      ['caddyctl translate --source-map | jq .origins', 'which line of which file made which part'],
    ]);
  },
  async run({ operands, options, output, process, log }) {
    if (options.sourceMap && options.explainLayout) {
      const message = '--source-map and --explain-layout are two documents, and there is room for one';
      throw new Failure(exitCodes.usage, message, 'ask for one after the other');
    }
    const { config, origins, layouts, diagnostics } = await compilePaths(
      operands,
      { ...targetOf(options, process.env), layout: options.layout },
      process.stdin,
      log,
    );
    output.diagnostics(diagnostics);
    if (config === undefined || origins === undefined || layouts === undefined) {
      return exitCodes.invalid;
    }
    if (options.explainLayout) {
      await output.document(Object.fromEntries(layouts), () => layoutsText(layouts));
      return exitCodes.done;
    }
    if (!options.sourceMap) {
      await output.document(config, () => `${JSON.stringify(config, null, 2)}\n`);
      return exitCodes.done;
    }
    const { placesAsJson } = await import('../../diagnostics/as-json.ts');
    const { placeOf } = await import('../../ir/origin.ts');
    const ids = [...origins.keys()];
    const places = placesAsJson([...origins.values()].map((origin) => placeOf(origin)));
    const mapped = { config, origins: Object.fromEntries(ids.map((id, index) => [id, places[index]])) };
    await output.document(mapped, () => `${JSON.stringify(mapped, null, 2)}\n`);
    return exitCodes.done;
  },
};
