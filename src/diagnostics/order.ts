import type { Diagnostic } from './diagnostic.ts';

/** By path in code unit order, then by position; those without a place come last, next to the count. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      Number(a.place === undefined) - Number(b.place === undefined) ||
      compareText(a.place?.file.path ?? '', b.place?.file.path ?? '') ||
      (a.place?.range.start ?? 0) - (b.place?.range.start ?? 0) ||
      compareText(a.severity, b.severity) ||
      compareText(a.code, b.code),
  );
}

/** By UTF-16 units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
