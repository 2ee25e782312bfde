import { expect, test } from 'vitest';
import { createBackoff } from '../../src/daemon/backoff.ts';

test('doubles from 250 ms to 30 s, and begins anew after what ran a while', () => {
  const backoff = createBackoff();
  const delays = Array.from({ length: 9 }, () => backoff.next(100));
  expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(backoff.next(60_000)).toBe(250);
  expect(backoff.next(59_999)).toBe(500);
});
