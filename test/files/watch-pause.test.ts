import { expect, test } from 'vitest';
import { pollPause, sweepPause } from '../../src/files/watch-pause.ts';

test('sweeps come every two seconds, and less often where they take long', () => {
  expect(sweepPause(3, 2_000)).toBe(2_000);
  expect(sweepPause(100, 2_000)).toBe(5_000);
});

test('one look that was held up does not put the next one off for minutes', () => {
  expect(sweepPause(3_000, 2_000)).toBe(10_000);
  expect(pollPause(3_000)).toBe(3_000);
});

test('where a look takes longer than any pause, there is still as much time between two', () => {
  expect(sweepPause(60_000, 2_000)).toBe(60_000);
});

test('polling looks ten times a second, and less often where that takes long', () => {
  expect(pollPause(1)).toBe(100);
  expect(pollPause(20)).toBe(400);
  expect(pollPause(200)).toBe(1_000);
});
