import type { Target } from '../../caddy/target.ts';
import type { Compile, Compiled } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import type { Sources } from '../../files/read.ts';
import { parsePolicy } from '../../policy/parse.ts';

/** What the files come to. */
export interface ReadPolicies extends Compiled {
  /** What was compiled: of a held file, the text that was good. */
  readonly sources: readonly SourceFile[];
  /** The mistakes in files whose last good text stands in for them, by path. */
  readonly held: ReadonlyMap<string, readonly Diagnostic[]>;
}

/** The whole set or nothing: without a file that cannot be read, nothing is compiled. */
export function compileWhole({ sources, diagnostics }: Sources, target: Target, compile: Compile): ReadPolicies {
  if (diagnostics.some(isError)) {
    const mistakes = sources.flatMap((source) => parsePolicy(source, target.env).diagnostics);
    return { sources, held: new Map(), diagnostics: [...diagnostics, ...mistakes] };
  }
  const compiled = compile(sources, target);
  return { ...compiled, sources, held: new Map(), diagnostics: [...diagnostics, ...compiled.diagnostics] };
}

export function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
