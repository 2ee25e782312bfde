import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../src/cli/line-diff.ts';

/** What `patch` would make of the old text. */
function patched(before: string, diff: string): string {
  const old = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const result: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(2, -1)) {
    const hunk = /^@@ -(\d+),\d+ \+(\d+),\d+ @@$/.exec(line);
    if (hunk !== null) {
      result.push(...old.slice(at, Number(hunk[1]) - 1));
      at = Number(hunk[1]) - 1;
      expect(result.length).toBe(Number(hunk[2]) - 1);
    } else if (line.startsWith('+')) {
      result.push(line.slice(1));
    } else {
      expect(old[at]).toBe(line.slice(1));
      if (line.startsWith(' ')) {
        result.push(line.slice(1));
      }
      at++;
    }
  }
  return [...result, ...old.slice(at)].map((line) => `${line}\n`).join('');
}

describe('unifiedDiff', () => {
  test('shows what goes, what comes and three lines around', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n';
    const after = 'a\nb\nc\nd\nE\nf\ng\nh\ni\nj\nk\nl\nm\n';
    expect(unifiedDiff('p.yaml', before, after, false)).toBe(
      [
        '--- p.yaml',
        '+++ p.yaml',
        '@@ -2,7 +2,7 @@',
        ' b',
        ' c',
        ' d',
        '-e',
        '+E',
        ' f',
        ' g',
        ' h',
        '@@ -10,3 +10,4 @@',
        ' j',
        ' k',
        ' l',
        '+m',
        '',
      ].join('\n'),
    );
  });

  test('is empty for equal texts', () => {
    expect(unifiedDiff('p', 'a\n', 'a\n', true)).toBe('');
  });

  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''));

  test('leads from the one text to the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        const diff = unifiedDiff('p', before, after, false);
        expect(patched(before, diff)).toBe(after);
        expect(stripVTControlCharacters(unifiedDiff('p', before, after, true))).toBe(diff);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is as short as the longest common subsequence allows', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const a = before.split('\n').slice(0, -1);
        const b = after.split('\n').slice(0, -1);
        const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
        for (let i = 1; i <= a.length; i++) {
          for (let j = 1; j <= b.length; j++) {
            const take = (table[i - 1]?.[j - 1] ?? 0) + 1;
            const skip = Math.max(table[i - 1]?.[j] ?? 0, table[i]?.[j - 1] ?? 0);
            (table[i] ?? [])[j] = a[i - 1] === b[j - 1] ? take : skip;
          }
        }
        const common = table[a.length]?.[b.length] ?? 0;
        const changes = unifiedDiff('p', before, after, false)
          .split('\n')
          .slice(2)
          .filter((line) => /^[-+]/.test(line));
        expect(changes.length).toBe(a.length + b.length - 2 * common);
      }),
      { numRuns: 500 },
    );
  });

  test('texts that share nothing are shown whole, soon', () => {
    const lines = (prefix: string): string =>
      Array.from({ length: 20_000 }, (_, index) => `${prefix}${index}\n`).join('');
    const diff = unifiedDiff('p', lines('a'), lines('b'), false);
    expect(diff.split('\n')).toHaveLength(40_000 + 4);
  });
});
