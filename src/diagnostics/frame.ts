import { lineAt, type Lines } from './lines.ts';
import type { Range } from './position.ts';
import { cell } from './visible.ts';

/** One line of a file as it is shown, and the place of its mark in terminal columns, counted from 0. */
export interface Frame {
  readonly line: number;
  /** Counted from 1 in UTF-16 units, as editors do; not a terminal column. */
  readonly column: number;
  readonly text: string;
  readonly markStart: number;
  readonly markWidth: number;
}

/**
 * The line in which `range` starts, cut to at most `width` terminal columns around the marked part. A range over several
 * lines is marked to the end of its first.
 */
export function frame(text: string, lines: Lines, range: Range, width: number): Frame {
  const offset = Math.min(Math.max(range.start, 0), text.length);
  const { line, start } = lineAt(lines, offset);
  const end = lineEnd(text, lines.starts[line]);
  // A line of a megabyte is cut before its characters are measured, or a file of one line would cost its whole length
  // for each of its mistakes. Combining marks may then leave the window half empty, which harms nobody.
  const from = Math.max(start, offset - 2 * width);
  const to = Math.max(offset, Math.min(end, offset + 2 * width));
  const mark = { start: offset - from, end: Math.min(Math.max(range.end, offset + 1), to) - from };
  return {
    line,
    column: offset - start + 1,
    ...windowed(text.slice(from, to), mark, width, { left: from > start, right: to < end }),
  };
}

function lineEnd(text: string, nextLine: number | undefined): number {
  if (nextLine === undefined) {
    return text.length;
  }
  return text[nextLine - 2] === '\r' ? nextLine - 2 : nextLine - 1;
}

function windowed(
  text: string,
  mark: Range,
  width: number,
  cut: { readonly left: boolean; readonly right: boolean },
): Pick<Frame, 'text' | 'markStart' | 'markWidth'> {
  const cells = [];
  let total = 0;
  let markStart: number | undefined;
  let markEnd = 0;
  let at = 0;
  for (const character of text) {
    const one = cell(character);
    at += character.length;
    if (at > mark.start) {
      markStart ??= total;
    }
    if (at <= mark.end || markEnd <= (markStart ?? Infinity)) {
      markEnd = total + one.width;
    }
    cells.push({ ...one, column: total });
    total += one.width;
  }
  markStart ??= total;
  markEnd = Math.max(markEnd, markStart + 1);
  if (total <= width && !cut.left && !cut.right) {
    return { text: cells.map((one) => one.shown).join(''), markStart, markWidth: markEnd - markStart };
  }
  // Two thirds of the window go to what follows the mark's start: there stands what is wrong. Two columns are the ellipses'.
  const room = width - 2;
  const wanted = Math.max(0, Math.min(markStart - Math.floor(room / 3), total - room));
  const shown = cells.filter((one) => one.column >= wanted && one.column + one.width <= wanted + room);
  const shownStart = shown[0]?.column ?? wanted;
  const last = shown.at(-1);
  const shownEnd = last === undefined ? shownStart : last.column + last.width;
  const left = cut.left || shownStart > 0 ? '…' : '';
  const right = cut.right || shownEnd < total ? '…' : '';
  return {
    text: left + shown.map((one) => one.shown).join('') + right,
    markStart: left.length + markStart - shownStart,
    markWidth: Math.max(1, Math.min(markEnd, shownEnd) - markStart),
  };
}
