import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../diagnostics/position.ts';
import { parseDocument } from '../../policy/document.ts';
import { toValue } from '../../policy/tree.ts';
import { commentsIn, formatYaml, topLevelRank } from './format.ts';
import { NotFormattable } from './not-formattable.ts';

export type Formatted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * A policy file in its usual form. Refused when the file is not well formed; left as it is, with a warning, when its form is
 * not known here or when formatting would change its value or lose a comment, which each result is checked for.
 */
export function formatPolicy(file: SourceFile): Formatted {
  const before = parseDocument(file);
  if (before.diagnostics.length > 0) {
    return { ok: false, diagnostics: before.diagnostics };
  }
  try {
    const text = /\.json$/i.test(file.path) ? formatJson(file.text) : formatYaml(file.text);
    const after = parseDocument({ path: file.path, text });
    const same =
      after.diagnostics.length === 0 &&
      isDeepStrictEqual(before.root && toValue(before.root), after.root && toValue(after.root)) &&
      isDeepStrictEqual(commentsIn(file.text), commentsIn(text));
    return same ? { ok: true, text } : left(file, 'its usual form would not mean the same');
  } catch (error) {
    if (error instanceof NotFormattable) {
      return left(file, error.message);
    }
    throw error;
  }
}

function left({ path }: SourceFile, why: string): Formatted {
  const place = { file: { path, text: '' }, range: { start: 0, end: 0 } };
  const message = `this file was left as it is: ${why}`;
  return { ok: false, diagnostics: [{ code: 'not-formatted', severity: 'warning', message, place }] };
}

interface SourceOfNumber {
  readonly source?: string;
}

function formatJson(text: string): string {
  let value: unknown;
  try {
    // A number stays as it is written: 1.10 must not become 1.1.
    const keep = (_key: string, each: unknown, context?: SourceOfNumber): unknown =>
      typeof each === 'number' && context?.source !== undefined ? rawJson(context.source) : each;
    value = JSON.parse(text, keep);
  } catch {
    throw new NotFormattable('it is YAML under the name of JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NotFormattable('it holds no object');
  }
  const sorted = Object.entries(value).sort(([a], [b]) => topLevelRank(a) - topLevelRank(b));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

// In Node since 21, in TypeScript's ES2024 not yet.
function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(source);
}
