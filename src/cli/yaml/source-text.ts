import { lineAt, type Lines, linesOf } from '../../diagnostics/lines.ts';

/** A text that is asked again and again where in their lines things stand, which a line of a megabyte must not make slow. */
export class SourceText {
  readonly text: string;
  readonly #lines: Lines;

  constructor(text: string) {
    this.text = text;
    this.#lines = linesOf(text);
  }

  /** The column of an offset, counted from 0. */
  columnOf(offset: number): number {
    return offset - lineAt(this.#lines, offset).start;
  }

  /** Whether nothing but blanks stands before the offset in its line. */
  startsLine(offset: number): boolean {
    return this.text.slice(lineAt(this.#lines, offset).start, offset).trim() === '';
  }

  /** Whether the line above the offset's line is blank. */
  followsBlankLine(offset: number): boolean {
    const { line, start } = lineAt(this.#lines, offset);
    return line > 1 && this.text.slice(this.#lines.starts[line - 2], start).trim() === '';
  }
}
