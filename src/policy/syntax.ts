import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../diagnostics/position.ts';

/** What the YAML parser complains of, at the offset where it stopped. */
export function syntaxDiagnostic(file: SourceFile, reason: string, offset: number): Diagnostic {
  const at = Math.min(offset, file.text.length);
  const what = reason.replace(/^nesting exceeded maxDepth \((\d+)\)$/, 'it nests deeper than $1 levels');
  return {
    code: 'syntax',
    severity: 'error',
    message: `this is not well-formed YAML: ${what}`,
    hint: hintFor(reason),
    place: { file, range: { start: at, end: Math.min(at + 1, file.text.length) } },
  };
}

/** What to do, for the complaints that operators meet most. */
function hintFor(reason: string): string | undefined {
  if (/tab/.test(reason)) return 'indent with spaces: YAML does not take tabs';
  if (/missed comma/.test(reason)) return 'put a comma behind the entry before this one';
  if (/deficient indentation|unexpected end of the (document|stream) within/.test(reason)) {
    return 'a quote or bracket may be open above, or this line is indented too little';
  }
  if (/bad indentation/.test(reason)) return 'entries of one map or list begin in one column';
  return undefined;
}
