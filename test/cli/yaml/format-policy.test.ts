import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentsIn } from '../../../src/cli/yaml/format.ts';
import { formatPolicy } from '../../../src/cli/yaml/format-policy.ts';
import { parseDocument } from '../../../src/policy/document.ts';
import { toValue } from '../../../src/policy/tree.ts';
import { yamlText } from './arbitrary-yaml.ts';

function formatted(text: string, path = 'a.yaml'): string {
  const result = formatPolicy({ path, text });
  if (!result.ok) {
    throw new Error(result.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  }
  return result.text;
}

function valueOf(text: string): unknown {
  const { root, diagnostics } = parseDocument({ path: 'a.yaml', text });
  expect(diagnostics).toEqual([]);
  return root && toValue(root);
}

describe('formatPolicy', () => {
  test('orders, indents and separates, and keeps comments, scalars and blank lines', () => {
    const messy = `# yaml-language-server: $schema=x
# About this site.
sites:   # all of them
    a.example.com:   # the first

        use: secure
        headers: {X: 1.10,   Y: 'q', Z: null, "a b": ~}


        # own line
        empty:
        hosts:
        - a
        -   b: 0x1F
            c: yes
        - [1,2, {c: d}]
    # the second
    b.example.com: localhost:9000


# What the sites use.
services:
  vera: {at: vera:8000} # T
  # other: x
# out of use
`;
    expect(formatted(messy)).toBe(`# yaml-language-server: $schema=x

# What the sites use.
services:
  vera: { at: vera:8000 } # T
  # other: x
# out of use

# About this site.
sites: # all of them
  a.example.com: # the first
    use: secure
    headers: { X: 1.10, Y: 'q', Z: null, "a b": ~ }

    # own line
    empty:
    hosts:
      - a
      - b: 0x1F
        c: yes
      - [1, 2, { c: d }]
  # the second
  b.example.com: localhost:9000
`);
  });

  test.each([
    [
      'a flow map that is too long becomes a block',
      `sites: {a: {headers: {One: "${'x'.repeat(40)}", Two: "${'y'.repeat(40)}"}, max_body: 25MB}}`,
      `sites:\n  a:\n    headers: { One: "${'x'.repeat(40)}", Two: "${'y'.repeat(40)}" }\n    max_body: 25MB\n`,
    ],
    [
      'a flow list with comments becomes a block',
      'sites:\n  a: [one, # first\n    # before\n    two\n    # last\n   ]\n',
      'sites:\n  a:\n    - one # first\n    # before\n    - two\n    # last\n',
    ],
    ['lines of a short flow map are joined', 'sites: {\n  a:\n    b,\n }\n', 'sites: { a: b }\n'],
    [
      'text blocks keep their lines, their own indentation and their trailing newlines',
      'sites:\n      a: |+2\n          x\n        y\n\n      b: >-\n           one\n           two\n\n\n\n      c: |\n        z\n\n\n',
      'sites:\n  a: |+2\n      x\n    y\n\n  b: >-\n    one\n    two\n\n  c: |\n    z\n',
    ],
    [
      'scalars over several lines',
      'sites:\n    a: one\n     two\n    b: "x\n\n      y"\n',
      'sites:\n  a: one\n    two\n  b: "x\n\n    y"\n',
    ],
    [
      'lists in lists',
      'sites:\n- - a\n  - b\n-\n    - c\n-   # why\n    d: e\n',
      'sites:\n  - - a\n    - b\n  - - c\n  - # why\n    d: e\n',
    ],
    ['a document start, carriage returns', '---\r\n# c\r\nsites:\r\n   a: b\r\n', '---\n# c\nsites:\n  a: b\n'],
    ['only comments', '# a  \n\n#b\n', '# a\n\n#b\n'],
    ['nothing', '', ''],
    [
      'unknown blocks come last, in their order',
      'z: 1\nsites: {}\na: 1\nglobal: {}\n',
      'global: {}\n\nsites: {}\n\nz: 1\n\na: 1\n',
    ],
    [
      'blocks with aliases keep their order',
      'sites:\n  a: &x {b: c}\nservices:\n  d: *x\n',
      'sites:\n  a: &x { b: c }\n\nservices:\n  d: *x\n',
    ],
    [
      'a comment in the first column of a nested map',
      'sites:\n  a: 1\n# odd\n  b: 2\n',
      'sites:\n  a: 1\n# odd\n  b: 2\n',
    ],
  ])('%s', (_name, before, after) => {
    expect(formatted(before)).toBe(after);
    expect(formatted(after)).toBe(after);
  });

  test('JSON keeps being JSON, and its numbers as they are written', () => {
    expect(formatted('{"sites":{"a":[1.10,{}]},\n"global":{}}', 'a.json')).toBe(
      '{\n  "global": {},\n  "sites": {\n    "a": [\n      1.10,\n      {}\n    ]\n  }\n}\n',
    );
  });

  test.each([
    ['a.yaml', 'sites: {', 'syntax'],
    ['a.yaml', 'sites: {a: 1, a: 2}', 'duplicate-key'],
    ['a.yaml', '? sites\n: a\n', 'not-formatted'],
    ['a.yaml', '%YAML 1.2\n---\nsites: a\n', 'not-formatted'],
    ['a.json', '{"sites": yes}', 'not-formatted'],
  ])('%s with %j is left: %s', (path, text, code) => {
    const result = formatPolicy({ path, text });
    expect(result.ok ? 'formatted' : result.diagnostics.map((each) => each.code)).toEqual([code]);
  });

  test('changes no value, loses no comment, and formats what is formatted to itself', () => {
    let left = 0;
    let runs = 0;
    fc.assert(
      fc.property(yamlText, (text) => {
        const result = formatPolicy({ path: 'a.yaml', text });
        runs++;
        if (!result.ok) {
          expect(result.diagnostics.map(({ code }) => code)).toEqual(['not-formatted']);
          left++;
          return;
        }
        // Compared here too, so that this test does not rest on the function's own look at its result.
        expect(isDeepStrictEqual(valueOf(result.text), valueOf(text))).toBe(true);
        expect(commentsIn(result.text)).toEqual(commentsIn(text));
        expect(formatted(result.text)).toBe(result.text);
      }),
      { numRuns: 1_000 },
    );
    expect(left / runs).toBeLessThan(0.01);
  });
});
