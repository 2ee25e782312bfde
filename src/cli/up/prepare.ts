import type { CaddyBinary } from '../../binary/find.ts';
import type { Target } from '../../caddy/target.ts';
import type { RunFolder } from '../../daemon/run-folder.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../../ir/model.ts';
import { cacheFolder } from '../cache-folder.ts';
import type { Invocation } from '../command.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { type CompiledPaths, compilePaths } from '../policies.ts';
import { caddyBinary } from './binary.ts';
import { decideListening } from './listening.ts';
import { claimPlace } from './place.ts';
import { provideSecrets, type Secrets } from './secrets.ts';
import type { UpSettings } from './settings.ts';

/** All that is decided before a Caddy is started. */
export interface Prepared {
  readonly binary: CaddyBinary;
  readonly folder: RunFolder;
  readonly target: Target;
  readonly model: Model;
  readonly secrets: Secrets;
  /** Reads and compiles the policies as they are then. */
  readonly compile: (target: Target) => Promise<CompiledPaths>;
  /** Lets others have the folder. */
  readonly release: () => Promise<void>;
}

/** Whatever is wrong with the policies here, on this machine: shown already, and this is what the command ends with. */
export interface Refused {
  readonly exitCode: ExitCode;
}

/** Finds out all that could go wrong while nothing is started yet. */
export async function prepare(
  { operands, options, output, process }: Invocation<UpSettings>,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Prepared | Refused> {
  const say = (line: string): void => output.note(line);
  const refuse = async (diagnostics: readonly Diagnostic[], exitCode: ExitCode): Promise<Refused> => {
    const { diagnosticsAsJson } = await import('../../diagnostics/as-json.ts');
    output.diagnostics(diagnostics);
    if (output.format !== 'text') await output.document({ diagnostics: diagnosticsAsJson(diagnostics) }, () => '');
    return { exitCode };
  };

  const { replayed } = await import('./standard-input.ts');
  const stdin = operands.includes('-') ? await replayed(process.stdin) : process.stdin;
  const compile = (target: Target): Promise<CompiledPaths> => compilePaths(operands, target, stdin);
  const draft: Target = {
    owner: options.owner,
    httpPort: options.httpPort ?? 80,
    httpsPort: options.httpsPort ?? 443,
    internalCa: options.local || options.internalCa,
    env: process.env,
    adminAddresses: [`unix/${folder.adminSocket}`],
  };
  const { model, config, diagnostics } = await compile(draft);
  if (model === undefined || config === undefined) return refuse(diagnostics, exitCodes.invalid);
  const secrets = await provideSecrets(model, process.env, options.local);
  if (secrets.diagnostics.some(isError)) return refuse(secrets.diagnostics, exitCodes.invalid);

  const binary = await caddyBinary({ obtain: options.obtain, env: process.env, cacheFolder, say, signal });
  const release = await claimPlace(folder, say);
  try {
    // Only now: the Caddy of a killed caddyctl may have had the ports.
    const listening = await decideListening(model, draft, options);
    const found = [...secrets.diagnostics, ...listening.diagnostics];
    if (found.some(isError)) {
      await release();
      const isTaken = found.some(({ code }) => code === 'listen-taken');
      return await refuse(found, isTaken ? exitCodes.conflict : exitCodes.invalid);
    }
    output.diagnostics(found);
    for (const note of listening.notes) say(note);
    return { binary, folder, target: listening.target, model, secrets, compile, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
