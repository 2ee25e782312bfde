import type { Target } from '../../caddy/target.ts';
import type { Compile, Compiled } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import { knownOwners, mistakesIn, type OwnedSources } from '../../files/read-owned.ts';
import type { Owners } from '../../ir/owners/owners.ts';

/** What the files come to. */
export interface ReadPolicies extends Compiled {
  /** What was compiled: of a held file, the text that was good. */
  readonly sources: readonly SourceFile[];
  readonly owners?: Owners;
  /** The mistakes in files whose last good text stands in for them, by path. */
  readonly held: ReadonlyMap<string, readonly Diagnostic[]>;
}

/** The whole set or nothing: without a file that cannot be read, nothing is compiled. */
export function compileWhole(read: OwnedSources, target: Target, compile: Compile): ReadPolicies {
  const { sources, diagnostics } = read;
  const owners = knownOwners(read);
  const known = { sources, ...(owners && { owners }), held: new Map() };
  if (diagnostics.some(isError)) {
    return { ...known, diagnostics: [...diagnostics, ...mistakesIn(read, target.env)] };
  }
  const compiled = compile(sources, { ...target, ...(owners && { owners }) });
  return { ...compiled, ...known, diagnostics: [...diagnostics, ...compiled.diagnostics] };
}

export function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
