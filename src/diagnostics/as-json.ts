import type { Diagnostic, Severity } from './diagnostic.ts';
import { lineAt, linesByFile, type Lines } from './lines.ts';
import { sortDiagnostics } from './order.ts';
import type { Place, SourceFile } from './position.ts';

/** A diagnostic as a program reads it. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  readonly place?: PlaceJson;
  readonly related?: readonly { readonly message: string; readonly place: PlaceJson }[];
}

/** Lines and columns count from 1, columns in UTF-16 units; the end is the first position that is not meant. */
export interface PlaceJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** In the order in which the text shows them; the texts are as they are, not made visible. */
export function diagnosticsAsJson(diagnostics: readonly Diagnostic[]): readonly DiagnosticJson[] {
  const lines = linesByFile();
  return sortDiagnostics(diagnostics).map((each) => ({
    code: each.code,
    severity: each.severity,
    message: each.message,
    ...(each.hint === undefined ? {} : { hint: each.hint }),
    ...(each.place === undefined ? {} : { place: placeAsJson(each.place, lines) }),
    ...(each.related === undefined || each.related.length === 0
      ? {}
      : { related: each.related.map(({ message, place }) => ({ message, place: placeAsJson(place, lines) })) }),
  }));
}

export function placesAsJson(places: readonly Place[]): readonly PlaceJson[] {
  const lines = linesByFile();
  return places.map((place) => placeAsJson(place, lines));
}

function placeAsJson({ file, range }: Place, lines: (file: SourceFile) => Lines): PlaceJson {
  const start = lineAt(lines(file), range.start);
  const end = lineAt(lines(file), range.end);
  return {
    file: file.path,
    line: start.line,
    column: range.start - start.start + 1,
    endLine: end.line,
    endColumn: range.end - end.start + 1,
  };
}
