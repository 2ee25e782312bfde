import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, type JsonValue } from '../../src/caddy/json.ts';
import { shared } from '../../src/caddy/share.ts';

const copyOf = (value: JsonValue): JsonValue => JSON.parse(canonical(value)) as JsonValue;

const anything = fc.jsonValue() as fc.Arbitrary<JsonValue>;
const routes = fc.uniqueArray(fc.record({ '@id': fc.constantFrom('a', 'b', 'c', 'd'), handle: anything }), {
  selector: (route) => route['@id'],
});
const values = fc.oneof(anything, routes, fc.record({ routes, named: anything }));

describe('a value made of the objects of another', () => {
  test('says what it said, whatever the other says, and changes neither', () => {
    fc.assert(
      fc.property(values, values, (value, known) => {
        const [said, knew] = [canonical(value), canonical(known)];
        expect(canonical(shared(value, known))).toBe(said);
        expect([canonical(value), canonical(known)]).toEqual([said, knew]);
      }),
    );
  });

  test('is the other where both say the same', () => {
    fc.assert(
      fc.property(values, (known) => {
        expect(shared(copyOf(known), known)).toBe(known);
      }),
    );
  });

  test('has what did not change in the parts that did', () => {
    const known = {
      routes: [
        { '@id': 'a', handle: [1] },
        { '@id': 'b', handle: [{ to: ['x'] }] },
      ],
      listen: [':80'],
    };
    const put = copyOf({ ...known, routes: [{ '@id': 'new' }, ...known.routes], more: {} }) as typeof known;
    const made = shared(put, known);
    expect(made.routes[1]).toBe(known.routes[0]);
    expect(made.routes[2]).toBe(known.routes[1]);
    expect(made.listen).toBe(known.listen);
  });

  test('takes no key of an object for one that nobody wrote', () => {
    const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": [2]}') as JsonValue;
    expect(canonical(shared(odd, {}))).toBe(canonical(odd));
    expect(canonical(shared({ constructor: [2] }, odd))).toBe('{"constructor":[2]}');
  });
});
