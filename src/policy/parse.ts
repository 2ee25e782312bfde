import type { z } from 'zod';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import { parseDocument } from './document.ts';
import { interpolate } from './interpolate.ts';
import { issueDiagnostics } from './issues.ts';
import { type PolicyFile, policyFile } from './schema/file.ts';
import { type DocumentNode, toValue } from './tree.ts';

/** A policy file as values, with the tree that tells where each was written. */
export interface ParsedPolicy {
  readonly file: SourceFile;
  readonly root: DocumentNode;
  readonly value: PolicyFile;
}

export interface ParseResult {
  /** Absent when the file is empty or has any mistake. */
  readonly policy?: ParsedPolicy;
  readonly diagnostics: readonly Diagnostic[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Text → values: YAML, then `${…}` from `env`, then the schema. Never throws for what stands in the file. */
export function parsePolicy(file: SourceFile, env: Environment): ParseResult {
  const { diagnostics, ...policy } = parseAs(policyFile, file, env);
  return 'value' in policy ? { policy: { file, ...policy }, diagnostics } : { diagnostics };
}

/** The same for a file of any schema. `value` is absent when the file is empty or has any mistake. */
export function parseAs<S extends z.ZodType>(
  schema: S,
  file: SourceFile,
  env: Environment,
):
  | { diagnostics: readonly Diagnostic[] }
  | { root: DocumentNode; value: z.output<S>; diagnostics: readonly Diagnostic[] } {
  const document = parseDocument(file);
  if (document.root === undefined) return { diagnostics: document.diagnostics };
  const { root, diagnostics: unset, touched } = interpolate(file, document.root, env);
  const parsed = schema.safeParse(toValue(root));
  const issues = parsed.success ? [] : issueDiagnostics({ file, root, schema }, parsed.error.issues);
  const first = [...document.diagnostics, ...unset];
  // What stands in for an unknown alias or variable is wrong only because of that.
  const told = new Set([...touched, ...document.diagnostics.map(({ place }) => place?.range.start)]);
  const diagnostics = [...first, ...issues.filter(({ place }) => !told.has(place?.range.start))];
  if (diagnostics.length > 0 || !parsed.success) return { diagnostics };
  return { root, value: parsed.data, diagnostics };
}
