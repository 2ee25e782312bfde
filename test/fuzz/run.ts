import type { CaddyConfig } from '../../src/caddy/translate.ts';
import { secretNames } from '../support/arbitrary/values.ts';
import { type Sandbox, startSandbox } from '../support/sandboxed-config.ts';
import { type Compiler, startCompiler } from './compiler.ts';
import { type Examined, examine } from './examine.ts';
import { type Input, inputOf } from './input.ts';
import { shrunk } from './shrink.ts';

export interface Parts {
  readonly caddyPath: string;
  readonly seed: number;
  readonly first: number;
  /** Whether to go on to the next input, of so many that were. */
  readonly goesOn: (done: number) => boolean;
  readonly onFailure: (failure: Failure) => void;
  readonly onProgress: (figures: Figures) => void;
}

export interface Failure {
  readonly number: number;
  readonly fault: string;
  /** As small as it still fails. */
  readonly input: Input;
}

export interface Figures {
  inputs: number;
  /** Configs that Caddy was asked for. */
  asked: number;
  failures: number;
  /** Milliseconds. */
  slowest: number;
  readonly codes: Map<string, number>;
}

/** Gives the compiler one input after another, and a real Caddy what is made of them. */
export async function fuzz(parts: Parts): Promise<Figures> {
  const { caddyPath, seed, first, goesOn, onFailure, onProgress } = parts;
  const figures: Figures = { inputs: 0, asked: 0, failures: 0, slowest: 0, codes: new Map() };
  const compiler = startCompiler(seed);
  const sandbox = await startSandbox(caddyPath, secretNames);
  const known = new Set<string>();

  async function fail(number: number, fault: string): Promise<void> {
    figures.failures++;
    // One fault has many inputs, and one of them tells all.
    if (known.size > 50 || known.has(kindOf(fault))) return;
    known.add(kindOf(fault));
    const input = inputOf(seed, number);
    const isSafe = !/^(hangs|ends|slow|differs)/.test(fault);
    const sources = isSafe
      ? await shrunk(input.sources, (some) => failsAlike({ ...input, sources: some }, fault))
      : input.sources;
    onFailure({ number, fault, input: { ...input, sources } });
  }

  async function failsAlike({ sources, target }: Input, fault: string): Promise<boolean> {
    const { faults, config } = examine({ sources, target });
    if (faults.some((each) => kindOf(each) === kindOf(fault))) return true;
    return config !== undefined && kindOf(await complaintOf(sandbox, config)) === kindOf(fault);
  }

  try {
    let asking = Promise.resolve();
    for (let number = first; goesOn(figures.inputs); number++) {
      const { faults, took, codes, config } = await unhurried(compiler, number);
      figures.inputs++;
      figures.slowest = Math.max(figures.slowest, took);
      for (const code of codes) figures.codes.set(code, (figures.codes.get(code) ?? 0) + 1);
      await asking;
      for (const fault of faults) await fail(number, fault);
      if (config !== undefined) {
        figures.asked++;
        asking = complaintOf(sandbox, config).then((complaint) =>
          complaint === '' ? undefined : fail(number, complaint),
        );
      }
      onProgress(figures);
    }
    await asking;
  } finally {
    await compiler.stop();
    await sandbox.stop();
  }
  return figures;
}

async function complaintOf(sandbox: Sandbox, config: CaddyConfig): Promise<string> {
  try {
    const complaint = await sandbox.load(config);
    return complaint === '' ? '' : `Caddy says ${complaint}`;
  } catch (error) {
    // More addresses than the sandbox has ports for.
    const reason = error instanceof Error ? error.message : String(error);
    return /^more than \d+ addresses$/.test(reason) ? '' : `Caddy does not answer: ${reason}`;
  }
}

/** What is slow once may be slow because of the machine; what is slow thrice is. */
async function unhurried(compiler: Compiler, number: number): Promise<Examined> {
  let examined = await compiler.examine(number);
  for (let left = 2; left > 0 && examined.faults.some((fault) => fault.startsWith('slow')); left--)
    examined = await compiler.examine(number);
  return examined;
}

/** Without what differs from input to input. */
function kindOf(fault: string): string {
  return fault.replace(/"[^"]*"|'[^']*'|\/\S+|\d+/g, '_').slice(0, 120);
}
