import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, isJsonObject, type JsonValue } from '../../src/caddy/json.ts';

describe('canonical', () => {
  test.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ 10: 1, 9: 2, a: 3 }, '{"10":1,"9":2,"a":3}'],
    [{ a: -0, b: 1e21, c: 1.5 }, '{"a":0,"b":1e+21,"c":1.5}'],
    [{}, '{}'],
    [[], '[]'],
    ['<\u2028"', '"<\u2028\\""'],
  ] satisfies [JsonValue, string][])('%j', (value, text) => {
    expect(canonical(value)).toBe(text);
  });

  test('keeps a key named __proto__', () => {
    expect(canonical(JSON.parse('{"__proto__":{"x":1},"a":2}') as JsonValue)).toBe('{"__proto__":{"x":1},"a":2}');
  });

  test('does not depend on the order of keys, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const value = raw as JsonValue;
        const text = canonical(value);
        expect(canonical(reversed(value))).toBe(text);
        expect(canonical(JSON.parse(text) as JsonValue)).toBe(text);
      }),
    );
  });

  test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n])(
    'throws for what is not JSON: %s',
    (value) => {
      expect(() => canonical({ a: value } as unknown as JsonValue)).toThrow(TypeError);
    },
  );
});

test('isJsonObject', () => {
  expect([{}, [], null, 'x', 1, undefined].map(isJsonObject)).toEqual([true, false, false, false, false, false]);
});

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}
