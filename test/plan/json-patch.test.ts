import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, isJsonObject, type JsonObject, type JsonValue } from '../../src/caddy/json.ts';
import { jsonPatch, type PatchOperation } from '../../src/plan/json-patch.ts';
import type { Live } from '../../src/plan/live.ts';

describe('jsonPatch', () => {
  test.each([
    ['a changed value', { a: 1 }, { a: 2 }, [{ op: 'replace', path: '/apps/a', value: 2 }]],
    ['a new key', {}, { 'x/~y': 2 }, [{ op: 'add', path: '/apps/x~1~0y', value: 2 }]],
    ['a gone key', { a: 1, b: 2 }, { b: 2 }, [{ op: 'remove', path: '/apps/a' }]],
    ['an entry put in front', { l: [1, 2] }, { l: [0, 1, 2] }, [{ op: 'add', path: '/apps/l/0', value: 0 }]],
    [
      'an entry changed in the middle',
      { l: [1, 2, 3] },
      { l: [1, 9, 3] },
      [{ op: 'replace', path: '/apps/l/1', value: 9 }],
    ],
    [
      'entries gone',
      { l: [1, 2, 3, 4] },
      { l: [1, 4] },
      ['/apps/l/2', '/apps/l/1'].map((path) => ({ op: 'remove', path })),
    ],
    [
      'an entry told by its id',
      { l: [{ '@id': 'a', to: 1 }, { '@id': 'b' }] },
      { l: [{ '@id': 'n' }, { '@id': 'a', to: 2 }, { '@id': 'b' }] },
      [
        { op: 'replace', path: '/apps/l/0/to', value: 2 },
        { op: 'add', path: '/apps/l/0', value: { '@id': 'n' } },
      ],
    ],
    ['a key called __proto__', {}, JSON.parse('{"__proto__":1}'), [{ op: 'add', path: '/apps/__proto__', value: 1 }]],
  ] as [string, JsonObject, JsonObject, PatchOperation[]][])('%s', (_, before, after, operations) => {
    expect(jsonPatch({ apps: before, logging: null }, { apps: after, logging: null })).toEqual(operations);
  });

  test('a scope that Caddy does not have is added, not replaced', () => {
    const next = { apps: { http: {} }, logging: null };
    expect(jsonPatch({ apps: null, logging: null }, next)).toEqual([{ op: 'add', path: '/apps', value: { http: {} } }]);
  });

  test('applied in order, it always gives the next config', () => {
    fc.assert(
      fc.property(scopes, scopes, (live, next) => {
        const document = Object.fromEntries(Object.entries(live).filter(([, value]) => value !== null));
        const patched = jsonPatch(live, next).reduce(apply, document as JsonValue) as JsonObject;
        expect(canonical(patched['apps'] ?? null)).toBe(canonical(next.apps));
        expect(canonical(patched['logging'] ?? null)).toBe(canonical(next.logging));
      }),
      { numRuns: 500 },
    );
  });
});

/** Small alphabets, so that entries are often equal, moved, or the same by id with other content. */
const entry = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.record({ '@id': fc.constantFrom('a', 'b', 'c'), to: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ to: fc.array(fc.integer({ min: 0, max: 2 })) }),
);
const config = fc.dictionary(
  fc.constantFrom('a', 'b/c', '~1', '__proto__', '0'),
  fc.oneof(fc.array(entry, { maxLength: 8 }), fc.jsonValue()),
);
const scopes: fc.Arbitrary<Live> = fc.record({
  apps: config as fc.Arbitrary<JsonValue>,
  logging: fc.oneof(fc.constant(null), config as fc.Arbitrary<JsonValue>),
});

/** RFC 6902 as written there: the only thing here that says what an operation means. */
function apply(document: JsonValue, operation: PatchOperation): JsonValue {
  const steps = operation.path.split('/').slice(1);
  return change(
    document,
    steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    operation,
  );
}

function change(value: JsonValue, [step = '', ...rest]: readonly string[], operation: PatchOperation): JsonValue {
  if (Array.isArray(value)) {
    const index = Number(step);
    if (index > value.length - (operation.op === 'add' && rest.length === 0 ? 0 : 1))
      throw new RangeError(operation.path);
    if (rest.length > 0) return value.with(index, change(value[index], rest, operation));
    if (operation.op === 'add') return value.toSpliced(index, 0, operation.value);
    return operation.op === 'remove' ? value.toSpliced(index, 1) : value.with(index, operation.value);
  }
  if (!isJsonObject(value)) throw new TypeError(operation.path);
  const has = Object.hasOwn(value, step);
  if (!has && (operation.op !== 'add' || rest.length > 0)) throw new RangeError(operation.path);
  if (rest.length > 0) return { ...value, [step]: change(value[step] as JsonValue, rest, operation) };
  if (operation.op !== 'remove') return { ...value, [step]: operation.value };
  const kept = Object.entries(value).filter(([key]) => key !== step);
  return Object.fromEntries(kept);
}
