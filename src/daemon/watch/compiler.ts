import type { RunningCaddy, Target } from '../../caddy/target.ts';
import { createCompile } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import { knownOwners, type OwnedSources } from '../../files/read-owned.ts';
import type { Model } from '../../ir/model.ts';
import { ledAstray } from '../../lookup/led-astray.ts';
import { createNameLookup, type NameLookup } from '../../lookup/name-lookup.ts';
import { compileHolding } from './hold-file.ts';
import { compileByOwner } from './hold-owner.ts';
import type { LastServed } from './last-served.ts';
import type { Provide } from './provide.ts';
import { compileWhole, isError, type ReadPolicies } from './read-policies.ts';

export interface CompilerParts {
  readonly target: Target;
  readonly onError: 'refuse' | 'hold-file';
  /** Absent where the Caddy is somebody else's. */
  readonly provide?: Provide | undefined;
  /** Of names; the system's where none is given. */
  readonly lookup?: NameLookup | undefined;
}

export interface Compiler {
  /** Compiled again only where something differs that it was made from, which `whatIsRead` tells. */
  compile(
    sources: OwnedSources,
    whatIsRead: string,
    running: RunningCaddy | undefined,
    last: LastServed,
  ): Promise<ReadPolicies>;
  /** What was compiled for last. */
  target(): Target;
}

export function createCompiler(parts: CompilerParts): Compiler {
  const { target: first, onError, provide, lookup = createNameLookup() } = parts;
  const compileSources = createCompile();
  let target = first;
  let compiled:
    | { readonly key: string; readonly from: readonly SourceFile[]; readonly policies: ReadPolicies }
    | undefined;

  function onePass(sources: OwnedSources, running: RunningCaddy | undefined, last: LastServed): ReadPolicies {
    const whole = running === undefined ? target : { ...target, running };
    const owners = knownOwners(sources);
    if (owners !== undefined) return compileByOwner({ ...sources, owners }, last, onError, whole, compileSources);
    return onError === 'hold-file' && sources.owners === undefined
      ? compileHolding(sources, last, whole, compileSources)
      : compileWhole(sources, whole, compileSources);
  }

  /** With what is wrong with them on this machine and in its network, though not in themselves. */
  async function onePassHere(
    sources: OwnedSources,
    running: RunningCaddy | undefined,
    last: LastServed,
  ): Promise<Here> {
    let policies = onePass(sources, running, last);
    if (policies.model === undefined || policies.config === undefined) return { policies, provided: [], astray: [] };
    const provided = await provide?.(policies.model);
    if (provided !== undefined && provided.target !== target) {
      target = provided.target;
      policies = onePass(sources, running, last);
    }
    const astray = policies.model === undefined ? [] : await ledAstray(policies.model, target, lookup);
    return { policies, provided: provided?.diagnostics ?? [], astray: astray.map((found) => orTold(found, last)) };
  }

  /** Whoever's files are bad here has them held as if they were bad in themselves. */
  async function compileHere(
    sources: OwnedSources,
    running: RunningCaddy | undefined,
    last: LastServed,
  ): Promise<Here> {
    const here = await onePassHere(sources, running, last);
    const bad = [...here.provided, ...here.astray].filter(isError);
    const isHolding = knownOwners(sources) !== undefined || (onError === 'hold-file' && sources.owners === undefined);
    if (bad.length === 0 || !isHolding) return here;
    const again = await onePassHere({ ...sources, diagnostics: [...sources.diagnostics, ...bad] }, running, last);
    return again.policies.config === undefined ? here : again;
  }

  /** Whether no name leads astray. */
  async function isAsTold(model: Model): Promise<boolean> {
    return (await ledAstray(model, target, lookup)).length === 0;
  }

  return {
    target: () => target,
    async compile(sources, whatIsRead, running, last) {
      const key = JSON.stringify([whatIsRead, running?.capabilities, [...(running?.modules ?? [])]]);
      const known = compiled?.key === key && isSame(compiled.from, sources.sources) ? compiled.policies : undefined;
      if (known !== undefined && (known.model === undefined || (await isAsTold(known.model)))) return known;
      compiled = undefined;
      const { policies: made, provided, astray } = await compileHere(sources, running, last);
      const isBad = [...provided, ...astray].some(isError);
      const { config, ...rest } = made;
      const whole: ReadPolicies = isBad || config === undefined ? rest : made;
      const policies = { ...whole, diagnostics: [...made.diagnostics, ...provided, ...astray] };
      // What is held, or lacks something on this machine, may be well the next time.
      const isFinal = policies.held.size === 0 && !isBad && (policies.config !== undefined || provide === undefined);
      if (isFinal) compiled = { key, from: sources.sources, policies };
      return policies;
    },
  };
}

/** What is served already may lead astray at any time, and whoever answers for the name decides when: so nobody waits for it. */
function orTold(found: Diagnostic, { files }: LastServed): Diagnostic {
  const file = found.place?.file;
  const isServed = file !== undefined && files.get(file.path)?.text === file.text;
  return isServed ? { ...found, severity: 'warning' } : found;
}

interface Here {
  readonly policies: ReadPolicies;
  readonly provided: readonly Diagnostic[];
  readonly astray: readonly Diagnostic[];
}

/** Their paths too: what is said of a file tells where it is, and whose it is depends on where it lies. */
function isSame(a: readonly SourceFile[], b: readonly SourceFile[]): boolean {
  return a.length === b.length && a.every((one, index) => isSameFile(one, b[index]));
}

function isSameFile({ path, text, real }: SourceFile, other: SourceFile | undefined): boolean {
  return path === other?.path && text === other.text && real === other.real;
}
