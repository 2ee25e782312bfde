import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytes } from '../../src/diagnostics/order.ts';

test('paths stand in the order of their bytes', () => {
  const path = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', 'é', '\uE000', '\u{1F600}') }),
  );
  fc.assert(
    fc.property(path, path, (one, other) => {
      expect(Math.sign(compareBytes(one, other))).toBe(Buffer.compare(Buffer.from(one), Buffer.from(other)));
    }),
  );
});
