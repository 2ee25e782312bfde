import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Route } from '../../src/ir/model.ts';
import { covers } from '../../src/ir/order.ts';
import { RouteIndex } from '../../src/ir/route-index.ts';
import type { PathPattern } from '../../src/policy/schema/path.ts';

const segment = fc.constantFrom('a', 'A', 'b', '*');
const pattern: fc.Arbitrary<PathPattern> = fc.record({
  exact: fc.boolean(),
  segments: fc.array(segment, { maxLength: 4 }),
  slash: fc.constant(false),
});
const withSlash = pattern.chain((given) =>
  fc.boolean().map((slash) => ({ ...given, slash: slash && given.exact && given.segments.length > 0 })),
);
const route = fc.record({ pattern: withSlash, when: fc.constantFrom([], [], [{ method: ['GET'] }]) });

test('the index finds the first unconditional route that covers a pattern, as a look at every route does', () => {
  fc.assert(
    fc.property(fc.array(route, { maxLength: 12 }), withSlash, (given, asked) => {
      const routes = given as unknown as Route[];
      const index = new RouteIndex();
      for (const each of routes) index.add(each);
      const found = routes.find((each) => each.when.length === 0 && covers(each.pattern, asked));
      expect(index.taker(asked)).toBe(found);
    }),
    { numRuns: 2_000 },
  );
});
