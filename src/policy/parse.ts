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

/** Text → values: YAML, then `${…}` from `env`, then the schema. Never throws for what stands in the file. */
export function parsePolicy(file: SourceFile, env: Readonly<Record<string, string | undefined>>): ParseResult {
  const document = parseDocument(file);
  if (document.root === undefined) return { diagnostics: document.diagnostics };
  const { root, diagnostics: unset, touched } = interpolate(file, document.root, env);
  const parsed = policyFile.safeParse(toValue(root));
  const issues = parsed.success ? [] : issueDiagnostics({ file, root, schema: policyFile }, parsed.error.issues);
  const first = [...document.diagnostics, ...unset];
  // What stands in for an unknown alias or variable is wrong only because of that.
  const told = new Set([...touched, ...document.diagnostics.map(({ place }) => place?.range.start)]);
  const diagnostics = [...first, ...issues.filter(({ place }) => !told.has(place?.range.start))];
  if (diagnostics.length > 0 || !parsed.success) return { diagnostics };
  return { policy: { file, root, value: parsed.data }, diagnostics };
}
