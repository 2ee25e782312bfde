import { counted } from '../../diagnostics/counted.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { CommandModule, Invocation } from '../command.ts';
import { errorPart } from '../error-part.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure, mistakes } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { compilePaths, type CompiledPaths, targetOf } from '../policies.ts';
import { addTargetOptions, type TargetSettings } from '../settings.ts';

interface ValidateOptions extends TargetSettings {
  readonly warningsAsErrors: boolean;
  readonly caddy: boolean;
}

export const validate: CommandModule<ValidateOptions> = {
  define(command) {
    addPaths(command);
    command
      .option('--warnings-as-errors', 'a warning makes the policies invalid', false)
      .option('--caddy', 'also let a Caddy of its own set up the result, on no port', false);
    addTargetOptions(command);
    addExamples(command, [
      ['caddyctl validate', 'checks all files below policies/'],
      ['caddyctl validate --caddy --warnings-as-errors', 'the most that can be known without a running Caddy'],
      ['caddyctl validate -o json - < site.yaml', 'the mistakes of standard input for an editor'],
    ]);
  },
  async run(invocation) {
    const { operands, options, output, process, log } = invocation;
    const compiled = await compilePaths(operands, targetOf(options, process.env), process.stdin, log);
    const rejected = options.caddy ? await askCaddy(invocation, compiled) : [];
    const diagnostics = [...compiled.diagnostics, ...rejected].map(
      (each): Diagnostic => (options.warningsAsErrors ? { ...each, severity: 'error' } : each),
    );
    const valid = diagnostics.every(({ severity }) => severity !== 'error');
    const { diagnosticsAsJson } = await import('../../diagnostics/as-json.ts');
    if (output.format === 'text') {
      output.diagnostics(diagnostics);
    }
    const files = compiled.sources.length;
    const sites = compiled.model?.sites ?? [];
    const routes = sites.flatMap((site) => site.routes).length;
    const failure = valid ? undefined : mistakes(exitCodes.invalid);
    const counts = { files, sites: sites.length, routes };
    const document = { valid, ...counts, diagnostics: diagnosticsAsJson(diagnostics), ...errorPart(failure) };
    await output.document(document, () =>
      valid ? `valid: ${counted(files, 'file')}, ${counted(sites.length, 'site')}, ${counted(routes, 'route')}\n` : '',
    );
    return valid ? exitCodes.done : exitCodes.invalid;
  },
};

async function askCaddy(
  { output, process }: Invocation<ValidateOptions>,
  { config, origins }: CompiledPaths,
): Promise<readonly Diagnostic[]> {
  if (config === undefined || origins === undefined) {
    return [];
  }
  const { CaddyBinUnusable, findCaddy } = await import('../../binary/find.ts');
  const { cacheFolder } = await import('../cache-folder.ts');
  const say = (line: string): void => output.note(line);
  const caddy = await findCaddy({ env: process.env, cacheFolder: cacheFolder(process.env), say }).catch(
    (error: unknown) => {
      throw error instanceof CaddyBinUnusable ? new Failure(exitCodes.unreachable, error.message) : error;
    },
  );
  if (caddy === undefined) {
    throw new Failure(
      exitCodes.unreachable,
      'there is no Caddy to ask: none in CADDY_BIN, on the PATH or in the cache',
      'install Caddy, or leave --caddy out: most mistakes are found without it',
    );
  }
  const { provisionConfig } = await import('../../binary/provision.ts');
  const result = await provisionConfig(caddy.path, config, { env: process.env });
  if (result.ok) {
    return [];
  }
  const { originOfComplaint } = await import('../../caddy/complaint.ts');
  const { placeOf } = await import('../../ir/origin.ts');
  const { tellable } = await import('../../caddy/tellable.ts');
  const origin = originOfComplaint(result.complaint, config, origins);
  return [
    {
      code: 'caddy-rejects',
      severity: 'error',
      message: `Caddy ${caddy.version} does not take this: ${tellable(result.complaint, config)}`,
      hint: 'files, modules and variables of the environment are looked for on this machine; elsewhere they may be there',
      place: origin && placeOf(origin),
    },
  ];
}
