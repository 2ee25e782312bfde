import { getSystemErrorMessage } from 'node:util';
import type { Diagnostic, Severity } from '../diagnostics/diagnostic.ts';

/** A diagnostic about a file as a whole: it has no text, so the place is its path alone. */
export function fileProblem(
  code: string,
  path: string,
  message: string,
  more: { readonly hint?: string; readonly severity?: Severity } = {},
): Diagnostic {
  const place = { file: { path, text: '' }, range: { start: 0, end: 0 } };
  return { code, severity: more.severity ?? 'error', message, hint: more.hint, place };
}

/** Whether the system refused for this reason. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Why the system refused, in its words but without Node's syscall and path. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') {
    return String(error);
  }
  if (hasCode(error, 'ENOENT')) return 'no such file or folder';
  return getSystemErrorMessage(error.errno);
}
