import type { RunningCaddy, Target } from '../../caddy/target.ts';
import { createCompile } from '../../compile.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import { knownOwners, type OwnedSources } from '../../files/read-owned.ts';
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

export function createCompiler({ target: first, onError, provide }: CompilerParts): Compiler {
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

  return {
    target: () => target,
    async compile(sources, whatIsRead, running, last) {
      const key = JSON.stringify([whatIsRead, running?.capabilities, [...(running?.modules ?? [])]]);
      if (compiled?.key === key && isSame(compiled.from, sources.sources)) return compiled.policies;
      compiled = undefined;
      let policies = onePass(sources, running, last);
      if (provide !== undefined && policies.model !== undefined && policies.config !== undefined) {
        const provided = await provide(policies.model);
        if (provided.target !== target) {
          target = provided.target;
          policies = onePass(sources, running, last);
        }
        const { config, ...rest } = { ...policies, diagnostics: [...policies.diagnostics, ...provided.diagnostics] };
        policies = provided.diagnostics.some(isError) || config === undefined ? rest : { ...rest, config };
      }
      // What is held, or lacks something on this machine, may be well the next time.
      const isFinal = policies.held.size === 0 && (policies.config !== undefined || provide === undefined);
      if (isFinal) compiled = { key, from: sources.sources, policies };
      return policies;
    },
  };
}

/** Their paths too: what is said of a file tells where it is, and whose it is depends on where it lies. */
function isSame(a: readonly SourceFile[], b: readonly SourceFile[]): boolean {
  return a.length === b.length && a.every((one, index) => isSameFile(one, b[index]));
}

function isSameFile({ path, text, real }: SourceFile, other: SourceFile | undefined): boolean {
  return path === other?.path && text === other.text && real === other.real;
}
