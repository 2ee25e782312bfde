import { styleText } from 'node:util';
import { visible } from '../diagnostics/visible.ts';

const context = 3;
// Texts that differ more than this are shown as one block out, one block in: the search costs the square of it.
const mostEdits = 1_000;

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/** What makes `after` of `before`, in the form of `diff -u`; "" when they are equal. */
export function unifiedDiff(path: string, before: string, after: string, color: boolean): string {
  if (before === after) {
    return '';
  }
  const edits = compareLines(splitLines(before), splitLines(after));
  let text = `--- ${visible(path)}\n+++ ${visible(path)}\n`;
  for (const [start, end] of hunks(edits)) {
    const [oldStart, newStart] = counts(edits.slice(0, start));
    const hunk = edits.slice(start, end);
    const [oldLines, newLines] = counts(hunk);
    text += `${paint('cyan', `@@ -${oldStart + 1},${oldLines} +${newStart + 1},${newLines} @@`, color)}\n`;
    text += hunk.map(({ kind, line }) => `${paint(colors[kind], kind + visible(line), color)}\n`).join('');
  }
  return text;
}

const colors = { ' ': 'reset', '-': 'red', '+': 'green' } as const;

function paint(format: 'reset' | 'red' | 'green' | 'cyan', text: string, color: boolean): string {
  return color && format !== 'reset' ? styleText(format, text, { validateStream: false }) : text;
}

function splitLines(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Lines of the old and of the new text. */
function counts(edits: readonly Edit[]): readonly [number, number] {
  return [edits.filter(({ kind }) => kind !== '+').length, edits.filter(({ kind }) => kind !== '-').length];
}

/** Ranges of edits that belong together: changes and the lines around them. */
function hunks(edits: readonly Edit[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === ' ') {
      continue;
    }
    const last = found.at(-1);
    const end = Math.min(edits.length, index + 1 + context);
    if (last !== undefined && index - context <= last[1]) {
      last[1] = end;
    } else {
      found.push([Math.max(0, index - context), end]);
    }
  }
  return found;
}

function compareLines(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) {
    head++;
  }
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail++;
  }
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }));
  return [
    ...same(before.slice(0, head)),
    ...shortestEdit(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** Myers' greedy search: for each number of edits, how far each diagonal comes. */
function shortestEdit(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const reached: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(before.length + after.length, mostEdits); edits++) {
    reached.push(furthest);
    const next = new Map(furthest);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = stepFrom(furthest, diagonal, edits).x;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) {
        x++;
      }
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) {
        return backtrack(reached, before, after);
      }
    }
    furthest = next;
  }
  return [...before.map((line): Edit => ({ kind: '-', line })), ...after.map((line): Edit => ({ kind: '+', line }))];
}

/** The better way onto a diagonal: down from the one above (a line comes in) or right from the one below (a line goes). */
function stepFrom(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): { x: number; from: number } {
  const above = furthest.get(diagonal + 1) ?? -1;
  const below = furthest.get(diagonal - 1) ?? -1;
  return diagonal === -edits || (diagonal !== edits && below < above)
    ? { x: above, from: diagonal + 1 }
    : { x: below + 1, from: diagonal - 1 };
}

function backtrack(
  reached: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): readonly Edit[] {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  for (let count = reached.length - 1; count >= 0; count--) {
    const diagonal = x - y;
    const { x: start, from } = stepFrom(reached[count] ?? new Map(), diagonal, count);
    while (x > start) {
      edits.push({ kind: ' ', line: before[--x] ?? '' });
    }
    y = x - diagonal;
    if (count > 0) {
      if (from > diagonal) {
        edits.push({ kind: '+', line: after[--y] ?? '' });
      } else {
        edits.push({ kind: '-', line: before[--x] ?? '' });
      }
    }
  }
  return edits.reverse();
}
