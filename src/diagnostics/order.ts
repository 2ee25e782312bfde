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

/** By the bytes of UTF-8, as other programs list files. They are in the order of UTF-16 units, but for pairs of these. */
export function compareBytes(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return rankOf(a.charCodeAt(at)) - rankOf(b.charCodeAt(at));
}

/** Those of pairs stand for characters behind all others. */
function rankOf(unit: number): number {
  if (Number.isNaN(unit)) return -1;
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** By UTF-16 units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
