import { visible } from '../diagnostics/visible.ts';

/** Rows of cells as lines with aligned columns, each text made safe for a terminal; the last column is as long as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((cells) => cells.map(visible));
  const widths = shown[0]?.map((_, column) => Math.max(...shown.map((cells) => cells[column]?.length ?? 0))) ?? [];
  const lines = shown.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
