import type { SourceFile } from './position.ts';

/** Where the lines of a text begin, so that many places in one file are found without reading it again for each. */
export interface Lines {
  readonly starts: readonly number[];
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return { starts };
}

/** `linesOf` each file, made at the first question and kept as long as what it returns. */
export function linesByFile(): (file: SourceFile) => Lines {
  const known = new Map<SourceFile, Lines>();
  return (file) => {
    const lines = known.get(file) ?? linesOf(file.text);
    known.set(file, lines);
    return lines;
  };
}

/** The line, counted from 1, and the offset at which it starts; an offset past the end is in the last line. */
export function lineAt({ starts }: Lines, offset: number): { line: number; start: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? Infinity) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return { line: low + 1, start: starts[low] ?? 0 };
}
