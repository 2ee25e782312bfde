import { array, assert, constantFrom, nat, pre, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { listed, seal, sha256, unseal } from '../../src/history/seal.ts';

const parts = array(string({ unit: 'grapheme' }), { maxLength: 50 });

test('what comes in pieces is the text behind its hash', () => {
  assert(
    property(parts, (given) => {
      const text = given.join('');
      const sealed = seal(given).join('');
      expect(sealed).toBe(`${sha256(text)}\n${text}`);
      expect(unseal(sealed)).toBe(text);
    }),
  );
});

test('no character can be changed, lost or added unseen', () => {
  assert(
    property(parts, nat(), constantFrom('', 'x', '\n\n'), (given, where, put) => {
      const sealed = seal(given).join('');
      const at = where % sealed.length;
      pre(sealed[at] !== put);
      expect(unseal(sealed.slice(0, at) + put + sealed.slice(at + 1))).toBeUndefined();
    }),
  );
});

test('ten thousand small parts come in a few pieces, and none is the whole', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => `{"check":${at},"says":"${'x'.repeat(80)}"}`);
  const pieces = seal(listed(many));
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.length).toBeLessThan(10);
  expect(JSON.parse(unseal(pieces.join('')) ?? '')).toHaveLength(10_000);
});

test('a list of nothing is a list', () => {
  expect(listed([]).join('')).toBe('[]');
});
