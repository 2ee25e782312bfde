/** One file of policies as it was read: the path as the operator would type it, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Where it lies once all links are followed, absolute; absent for what is no file of a disk. */
  readonly real?: string;
}

/** Half-open range of UTF-16 offsets into a source file's text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A place that can be shown to an operator. */
export interface Place {
  readonly file: SourceFile;
  readonly range: Range;
}

/** Line and column of an offset, both counted from 1, the column in UTF-16 units. */
export function lineColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
