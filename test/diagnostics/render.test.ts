import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnosticsAsJson } from '../../src/diagnostics/as-json.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { lineColumn, type Place } from '../../src/diagnostics/position.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';

function place(text: string, marked: string, path = 'policies/a.yaml'): Place {
  const start = text.indexOf(marked);
  return { file: { path, text }, range: { start, end: start + marked.length } };
}

function error(more: Partial<Diagnostic>): Diagnostic {
  return { code: 'some-code', severity: 'error', message: 'it is wrong', ...more };
}

/** What stands above the carets in the rendered text. */
function marked(rendered: string): string {
  const lines = rendered.split('\n');
  const at = lines.findIndex((line) => /^ +\| +\^+$/.test(line));
  const mark = lines[at] ?? '';
  return (lines[at - 1] ?? '').slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1);
}

describe('renderDiagnostics', () => {
  test('shows the line, the mark, the hint and related places', () => {
    const text = 'sites:\n  a.example.com:\n    headers: {}\n    haeders: {}\n';
    const rendered = renderDiagnostics([
      error({
        code: 'unknown-key',
        message: 'there is no key `haeders` in a site',
        hint: 'did you mean `headers`?',
        place: place(text, 'haeders'),
        related: [{ message: 'first set here', place: place(text, 'headers') }],
      }),
    ]);
    expect(rendered).toBe(
      [
        'error[unknown-key] there is no key `haeders` in a site',
        ' --> policies/a.yaml:4:5',
        '4 |     haeders: {}',
        '  |     ^^^^^^^',
        '  hint: did you mean `headers`?',
        '  note: first set here',
        ' --> policies/a.yaml:3:5',
        '3 |     headers: {}',
        '  |     -------',
        '',
        '1 error in 1 file',
        '',
      ].join('\n'),
    );
  });

  test('sorts by file and position and counts', () => {
    const a = 'one\ntwo\n';
    const file = { path: 'a', text: a };
    const rendered = renderDiagnostics([
      error({ code: 'last' }),
      error({ code: 'third', place: place(a, 'one', 'b') }),
      error({ code: 'second', place: { file, range: { start: 4, end: 7 } } }),
      error({ code: 'first', severity: 'warning', place: { file, range: { start: 0, end: 3 } } }),
    ]);
    expect([...rendered.matchAll(/\[(\w+)\]/g)].map((match) => match[1])).toEqual(['first', 'second', 'third', 'last']);
    expect(rendered).toMatch(/\n3 errors, 1 warning in 2 files\n$/);
  });

  test('shows no more than a hundred, the errors first, and counts them all', () => {
    const file = { path: 'a.yaml', text: 'x\n'.repeat(300) };
    const at = (line: number): Place => ({ file, range: { start: 2 * line, end: 2 * line + 1 } });
    const found = Array.from({ length: 300 }, (_, line) =>
      error({ place: at(line), severity: line < 250 ? 'warning' : 'error' }),
    );
    const rendered = renderDiagnostics(found);
    expect(rendered.match(/^error\[/gm)).toHaveLength(50);
    expect(rendered.match(/^warning\[/gm)).toHaveLength(50);
    expect(rendered).toMatch(/… and 200 more\n\n50 errors, 250 warnings in 1 file\n$/);
  });

  test('is empty when there is nothing to say', () => {
    expect(renderDiagnostics([])).toBe('');
  });

  test.each([
    ['a tab', '\tkey: bad', 'bad'],
    ['wide characters', 'キー: "日本語" bad', 'bad'],
    ['an emoji', '"😀": bad', 'bad'],
    ['combining marks', 'e\u0301e\u0301: bad', 'bad'],
    ['an escape sequence', '"\u001b[2J": bad', 'bad'],
    ['a bidi override', '"\u202e": bad', 'bad'],
    ['a long line', `${'x'.repeat(5_000)} bad ${'y'.repeat(5_000)}`, 'bad'],
    ['a long line with its mark first', `bad ${'y'.repeat(5_000)}`, 'bad'],
    ['a long line with its mark last', `${'x'.repeat(5_000)} bad`, 'bad'],
    ['a carriage return before the newline', 'key: bad\r\nnext', 'bad'],
  ])('marks the right columns beside %s', (_name, text, wrong) => {
    const rendered = renderDiagnostics([error({ place: place(text, wrong) })], { width: 60 });
    const columns = rendered.replace(/[キー日本語😀]/gu, 'ww').replaceAll('\u0301', '');
    expect(marked(columns)).toBe(wrong);
  });

  test('marks one column at the end of a line, of the file and in an empty file', () => {
    const file = { path: 'a', text: 'one\ntwo' };
    for (const [start, shown] of [
      [3, '1 | one\n  |    ^\n'],
      [7, '2 | two\n  |    ^\n'],
      [99, '2 | two\n  |    ^\n'],
    ] as const) {
      expect(renderDiagnostics([error({ place: { file, range: { start, end: start } } })])).toContain(shown);
    }
    const empty = { file: { path: 'gone', text: '' }, range: { start: 0, end: 0 } };
    expect(renderDiagnostics([error({ place: empty })])).toContain('\n --> gone\n\n');
  });

  test('marks only the first line of several', () => {
    const text = 'a: |\n  one\n  two\n';
    const rendered = renderDiagnostics([error({ place: { file: { path: 'a', text }, range: { start: 3, end: 17 } } })]);
    expect(rendered).toContain('1 | a: |\n  |    ^\n');
  });

  test('colours only when asked', () => {
    const diagnostics = [error({ place: place('a: b\n', 'b'), hint: 'c' })];
    const plain = renderDiagnostics(diagnostics);
    const colored = renderDiagnostics(diagnostics, { color: true });
    expect(plain).not.toContain('\u001b');
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });

  test('nothing that a file, path or message holds drives the terminal, and no line is longer than asked', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(hostile, hostile, hostile, fc.nat(310), fc.nat(20), (text, path, message, start, length) => {
        const rendered = renderDiagnostics(
          [error({ message, hint: message, place: { file: { path, text }, range: { start, end: start + length } } })],
          { width: 40 },
        );
        expect(rendered.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const source = rendered.split('\n').filter((line) => /^ *\d+ \|/.test(line) && line.includes('|'));
        for (const line of source) {
          expect(line.length).toBeLessThanOrEqual(2 * (40 + 12));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the mark stands inside the shown line, or just behind it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.nat(210), fc.nat(210), (text, start, length) => {
        fc.pre(text !== '');
        const file = { path: 'a', text };
        const rendered = renderDiagnostics([error({ place: { file, range: { start, end: start + length } } })], {
          width: 30,
        });
        const [, , source = '', mark = ''] = rendered.split('\n');
        expect(mark).toMatch(/\^$/);
        // Trailing blanks of the source are not printed, so the mark is compared with the window's width.
        expect(mark.length).toBeLessThanOrEqual(Math.max(source.length + 1, 4 + 31));
      }),
      { numRuns: 500 },
    );
  });
});

describe('diagnosticsAsJson', () => {
  test('gives lines and columns, and texts as they are', () => {
    const text = 'a: 1\nb: "\u001b"\n';
    const json = diagnosticsAsJson([
      error({
        message: 'not \u001b here',
        place: place(text, '"\u001b"'),
        related: [{ message: 'x', place: place(text, 'a') }],
      }),
      error({ hint: 'no place', related: [] }),
    ]);
    expect(json).toEqual([
      {
        code: 'some-code',
        severity: 'error',
        message: 'not \u001b here',
        place: { file: 'policies/a.yaml', line: 2, column: 4, endLine: 2, endColumn: 7 },
        related: [{ message: 'x', place: { file: 'policies/a.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 } }],
      },
      { code: 'some-code', severity: 'error', message: 'it is wrong', hint: 'no place' },
    ]);
  });

  test('agrees with lineColumn everywhere', () => {
    const unit = fc.constantFrom('a', '\n', '\r', '日', '😀');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), fc.nat(40), (text, at) => {
        fc.pre(at <= text.length);
        const [json] = diagnosticsAsJson([
          error({ place: { file: { path: 'a', text }, range: { start: at, end: at } } }),
        ]);
        expect(json?.place).toMatchObject(lineColumn(text, at));
      }),
    );
  });
});
