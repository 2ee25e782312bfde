import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../src/ir/model.ts';
import { covers, folded, orderRoutes } from '../../src/ir/order.ts';
import { type PathPattern, parsePath, showPath } from '../../src/policy/schema/path.ts';

const segment = fc.constantFrom('a', 'b', 'A', 'ab', '*', 'x-y');
const pattern: fc.Arbitrary<PathPattern> = fc
  .tuple(fc.boolean(), fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([exact, segments, slash]) =>
    parsePath(`${exact ? '=' : ''}/${segments.join('/')}${slash && segments.length > 0 ? '/' : ''}`),
  )
  .filter((parsed) => 'value' in parsed)
  .map((parsed) => ('value' in parsed ? parsed.value : never()));

function never(): never {
  throw new Error('filtered out');
}

/** What the language says that a pattern takes, in other words than the program's: segment by segment, whatever their case. */
function takes({ exact, segments, slash }: PathPattern, path: string): boolean {
  const asked = path.slice(1).split('/');
  const endsInSlash = asked.at(-1) === '';
  if (endsInSlash) asked.pop();
  const fits = segments.every((each, index) => {
    const given = asked[index];
    return given !== undefined && (each === '*' || each.toLowerCase() === given.toLowerCase());
  });
  if (!fits) return false;
  return !exact || (asked.length === segments.length && (segments.length === 0 || endsInSlash === slash));
}

const path = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'B', 'ab', 'x-y', 'other'), { maxLength: 5 }), fc.boolean())
  .map(([segments, slash]) => `/${segments.join('/')}${slash && segments.length > 0 ? '/' : ''}`);

/** -1, 0 or 1, as two routes are put in order: equal ones keep the order in which they came. */
function compare(a: PathPattern, b: PathPattern): number {
  const isFirst = (one: PathPattern, other: PathPattern): boolean => {
    const route = routeTo(one);
    return orderRoutes([routeTo(other), route])[0] === route;
  };
  return Number(isFirst(b, a)) - Number(isFirst(a, b));
}

function routeTo(pattern: PathPattern): Route {
  const origin = {
    file: { path: '', text: '' },
    root: { kind: 'scalar', value: null, plain: true, range: { start: 0, end: 0 } },
    path: [],
  } as const;
  const modifiers = { headers: new Map(), requestHeaders: new Map(), hideServer: false, errors: new Map() };
  return { pattern: { ...pattern }, when: [], modifiers, handler: { kind: 'deny', status: 404 }, origin };
}

describe('the one comparison of paths', () => {
  test('is a total order', () => {
    fc.assert(
      fc.property(pattern, pattern, pattern, (a, b, c) => {
        expect(compare(a, b)).toBe(-compare(b, a) || 0);
        expect(compare(a, b) === 0).toBe(showPath(folded(a)) === showPath(folded(b)));
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 20_000 },
    );
  });

  test('puts what is covered before what covers it', () => {
    let covered = 0;
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        if (!covers(wide, narrow) || covers(narrow, wide)) return;
        covered++;
        expect(compare(narrow, wide), `${showPath(narrow)} is within ${showPath(wide)}`).toBe(-1);
      }),
      { numRuns: 50_000 },
    );
    expect(covered).toBeGreaterThan(1_000);
  });
});

describe('covers', () => {
  test('says that every path of the one is also one of the other', () => {
    fc.assert(
      fc.property(pattern, pattern, path, (wide, narrow, asked) => {
        if (covers(wide, narrow) && takes(narrow, asked)) expect(takes(wide, asked)).toBe(true);
      }),
      { numRuns: 50_000 },
    );
  });

  test('says it whenever it is so', () => {
    // Each "*" of the narrow one stands for a segment that no pattern names, so one path speaks for all of them.
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        const asked = `/${narrow.segments.map((each) => (each === '*' ? 'other' : each)).join('/')}${narrow.slash ? '/' : ''}`;
        const below = [asked, `${asked.replace(/\/$/, '')}/`, `${asked.replace(/\/$/, '')}/other`];
        const all = (narrow.exact ? [asked] : below).every((each) => takes(wide, each));
        expect(covers(wide, narrow)).toBe(all);
      }),
      { numRuns: 20_000 },
    );
  });

  test('is reflexive and transitive', () => {
    fc.assert(
      fc.property(pattern, pattern, pattern, (a, b, c) => {
        expect(covers(a, a)).toBe(true);
        if (covers(a, b) && covers(b, c)) expect(covers(a, c)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });
});
