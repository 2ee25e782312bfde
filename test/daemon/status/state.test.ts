import { expect, test } from 'vitest';
import { emptyHistogram, histogramBounds, observe } from '../../../src/daemon/status/histogram.ts';
import { createStatusHolder, type DaemonStatus, initialStatus } from '../../../src/daemon/status/state.ts';

const initial = initialStatus('default', 'localhost:2019', new Date(0));

test('listeners hear of each change, until they leave, and not of what changes nothing', () => {
  const holder = createStatusHolder(initial);
  const heard: DaemonStatus[] = [];
  const leave = holder.subscribe((status) => heard.push(status));
  holder.update((status) => status);
  expect(heard).toEqual([]);
  holder.update((status) => ({ ...status, readyAt: 'now' }));
  expect(heard).toEqual([{ ...initial, readyAt: 'now' }]);
  expect(holder.get()).toBe(heard[0]);
  leave();
  holder.update((status) => ({ ...status, readyAt: 'later' }));
  expect(heard).toHaveLength(1);
});

test('the status is plain data', () => {
  expect(JSON.parse(JSON.stringify(initial))).toEqual(initial);
});

test('a bucket counts what is at most its bound', () => {
  const found = [0.005, 0.3, 99].reduce(observe, emptyHistogram);
  expect(found.count).toBe(3);
  expect(found.sum).toBeCloseTo(99.305);
  expect(histogramBounds.filter((_, at) => found.buckets[at] === 1)).toEqual([0.005, 0.01, 0.025, 0.05, 0.1, 0.25]);
  expect(found.buckets.at(-1)).toBe(2);
});
