import type { Diagnostic, Severity } from './diagnostic.ts';

/** Raises or silences warnings as the operator says, and drops what is said twice of one place. Errors stay errors. */
export function adjustSeverities(
  found: readonly Diagnostic[],
  wanted: Readonly<Record<string, Severity | 'off'>>,
): readonly Diagnostic[] {
  const seen = new Set<string>();
  return found.flatMap((diagnostic) => {
    const severity = diagnostic.severity === 'warning' ? (wanted[diagnostic.code] ?? 'warning') : 'error';
    const { place } = diagnostic;
    const key = [diagnostic.code, diagnostic.message, place?.file.path, place?.range.start].join('\n');
    if (severity === 'off' || seen.has(key)) return [];
    seen.add(key);
    return [{ ...diagnostic, severity }];
  });
}
