/** The column of an offset, counted from 0. */
export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Whether nothing but blanks stands before the offset in its line. */
export function startsLine(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '';
}

/** Whether the line above the offset's line is blank. */
export function followsBlankLine(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const above = lineStart === 0 ? undefined : text.slice(text.lastIndexOf('\n', lineStart - 2) + 1, lineStart - 1);
  return above?.trim() === '';
}
