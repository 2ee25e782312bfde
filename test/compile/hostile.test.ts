import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { largeFiles, mebibyte } from '../support/arbitrary/large-files.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import { goldenTarget } from '../support/golden.ts';

/** Compiles and shows, as the operator would see it. Ends in time, or the test does. */
function told(text: string): string {
  const { diagnostics } = compile([{ path: 'hostile.yaml', text }], goldenTarget);
  const places = diagnostics.flatMap(({ place, related = [] }) => [place, ...related.map((each) => each.place)]);
  const outside = places.filter(
    (place) =>
      place?.file.path === 'hostile.yaml' &&
      !(place.range.start >= 0 && place.range.start <= place.range.end && place.range.end <= text.length),
  );
  expect(outside).toEqual([]);
  return renderDiagnostics(diagnostics);
}

describe('text that nobody means is told, and nothing is thrown', () => {
  const words =
    'sites services a.example.com to routes / localhost:1 : - { } [ ] , " | > &a *a << !!str # % @ ` --- ... ? ${ ${A} 0x1 1e9 ~ null';
  const token = fc.constantFrom(
    ...words.split(' '),
    "'",
    ' ',
    '\n',
    '\n  ',
    '\n\t',
    ': ',
    '- ',
    '__proto__',
    '\u0000',
    '\ufeff',
    '\u2028',
    '\ud800',
    '🙂',
    '\r',
  );

  test('tokens of YAML in any order', () => {
    const text = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(''));
    fc.assert(
      fc.property(text, (given) => void told(given)),
      { numRuns: 500 },
    );
  });

  test('any text, and any JSON', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.json().map((json) => `{"sites":${json}}`),
        ),
        (given) => void told(given),
      ),
      { numRuns: 300 },
    );
  });

  test('policies with a slip of the hand', () => {
    const slip = fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.oneof(token, fc.constant('')));
    fc.assert(
      fc.property(policySet, fc.array(slip, { minLength: 1, maxLength: 4 }), fc.boolean(), (set, slips, isJson) => {
        let text = isJson ? JSON.stringify(set, null, 1) : stringify(set);
        for (const [at, length, instead] of slips) {
          const start = at % text.length;
          text = text.slice(0, start) + instead + text.slice(start + length);
        }
        told(text);
      }),
      { numRuns: 80 },
    );
  });
});

describe('a file as large as is read ends in seconds', () => {
  test.each(Object.entries(largeFiles))('%s', (_, text) => {
    expect(text.length).toBeLessThanOrEqual(mebibyte);
    told(text);
  });
});
