import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { suggest } from '../../src/diagnostics/suggest.ts';

describe('suggest', () => {
  test.each([
    ['haeders', ['hosts', 'headers', 'header_x'], 'headers'],
    ['headrs', ['headers'], 'headers'],
    ['Headers', ['headers'], 'headers'],
    ['hedaers', ['headers'], 'headers'],
    ['too', ['to', 'tls'], 'to'],
    ['tsl', ['to', 'tls'], 'tls'],
    ['kodda', ['vera', 'koda', 'kodas'], 'koda'],
    ['valdiate', ['validate', 'translate'], 'validate'],
  ])('%s among %j', (word, candidates, meant) => {
    expect(suggest(word, candidates)).toBe(meant);
  });

  test.each([
    ['xyz', ['headers']],
    ['', ['a']],
    ['redirect', ['rewrite']],
    ['same', ['same']],
    ['x'.repeat(65), ['x'.repeat(64)]],
  ])('%s among %j: none', (word, candidates) => {
    expect(suggest(word, candidates)).toBeUndefined();
  });

  test('the earlier of two equally near', () => {
    expect(suggest('bat', ['cat', 'hat'])).toBe('cat');
  });

  test('one slip in a word of three letters or more is always found', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefgh'.split('')), minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('drop', 'double', 'swap', 'change'), (meant, seed, slip) => {
        const at = seed % meant.length;
        const letter = meant[at] ?? '';
        const before = meant.slice(0, at);
        const after = meant.slice(at + 1);
        const typed = {
          drop: before + after,
          double: before + letter + letter + after,
          swap: before + after.slice(0, 1) + letter + after.slice(1),
          change: `${before}z${after}`,
        }[slip];
        fc.pre(typed !== meant && typed.length >= 2);
        expect(suggest(typed, ['nothing-like-it', meant])).toBe(meant);
      }),
    );
  });

  test('looks at a bounded number of candidates', () => {
    let taken = 0;
    function* endless(): Generator<string> {
      for (;;) {
        taken++;
        yield 'other';
      }
    }
    expect(suggest('headers', endless())).toBeUndefined();
    expect(taken).toBeLessThan(10_000);
  });
});
