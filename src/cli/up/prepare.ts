import type { CaddyBinary } from '../../binary/find.ts';
import type { Target } from '../../caddy/target.ts';
import type { RunFolder } from '../../daemon/run-folder.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../../ir/model.ts';
import { cacheFolder } from '../cache-folder.ts';
import type { Invocation } from '../command.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { caddyBinary } from './binary.ts';
import { firstLook } from './first-look.ts';
import { claimPlace } from './place.ts';
import { localProvider, type Provider, providerInEarnest } from './provider.ts';
import { statusDials } from '../status-options.ts';
import { servedBefore } from './served-before.ts';
import type { UpSettings } from './settings.ts';

/** All that is decided before a Caddy is started. */
export interface Prepared {
  readonly binary: CaddyBinary;
  readonly folder: RunFolder;
  readonly provider: Provider;
  /** Standard input, as often as it is read. */
  readonly stdin: AsyncIterable<Uint8Array | string>;
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
  const refuse = (diagnostics: readonly Diagnostic[], exitCode: ExitCode): Refused => {
    output.diagnostics(diagnostics);
    return { exitCode };
  };

  const { replayed } = await import('./standard-input.ts');
  const stdin = operands.includes('-') ? await replayed(process.stdin) : process.stdin;
  const draft: Target = {
    owner: options.owner,
    httpPort: options.httpPort ?? 80,
    httpsPort: options.httpsPort ?? 443,
    internalCa: options.local || options.internalCa,
    env: process.env,
    ...(options.owners !== undefined && { ownersFile: options.owners }),
    adminAddresses: [`unix/${folder.adminSocket}`],
    statusAddresses: statusDials(options),
  };
  const { model, config, diagnostics, held } = await firstLook(operands, options, draft, stdin);
  if (model?.sites.length === 0 && held.size > 0) return refuse([...held.values()].flat(), exitCodes.invalid);
  if (model?.sites.length === 0 && config !== undefined && !options.allowEmpty) {
    const hint = 'if that is meant, allow it with --allow-empty';
    throw new Failure(exitCodes.refused, 'refused: the policies name no site', hint);
  }
  const earnest = providerInEarnest(draft);
  const unset = options.local || model === undefined ? [] : (await earnest.provide(model)).diagnostics;
  const mistakes = model === undefined || config === undefined ? diagnostics : unset;
  if (mistakes.some(isError)) {
    const revision = options.local ? undefined : await servedBefore(options, process.env, `unix/${folder.adminSocket}`);
    if (revision === undefined) return refuse(mistakes, exitCodes.invalid);
    output.diagnostics(mistakes);
    say(`Revision ${revision} is served on, as it was before, until this is mended`);
  }

  const binary = await caddyBinary({
    obtain: options.obtain,
    env: process.env,
    cacheFolder: cacheFolder(process.env),
    say,
    signal,
  });
  const free = await claimPlace(folder, say);
  let provider = earnest;
  const problemsHere = async (wanted: Model | undefined): Promise<readonly Diagnostic[]> => {
    if (wanted === undefined) return [];
    return options.local ? (await provider.provide(wanted)).diagnostics : await problemsOfListening(wanted, draft);
  };
  const release = async (): Promise<void> => {
    await provider.close();
    await free();
  };
  try {
    if (options.local) provider = await localProvider(draft, folder, options, say);
    // Only now: the Caddy of a killed caddyctl may have had the ports.
    const found = await problemsHere(model);
    if (!found.some(isError)) return { binary, folder, provider, stdin, release };
    await release();
    const isTaken = found.some(({ code }) => code === 'listen-taken');
    return refuse(found, isTaken ? exitCodes.conflict : exitCodes.invalid);
  } catch (error) {
    await release();
    throw error;
  }
}

async function problemsOfListening(model: Model, target: Target): Promise<readonly Diagnostic[]> {
  const { listenProblems } = await import('../../daemon/listen-problems.ts');
  const { listeners } = await import('../../daemon/listeners.ts');
  return await listenProblems(listeners(model, target));
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
