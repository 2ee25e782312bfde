import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../../src/daemon/watch/breaker.ts';
import { createPacing } from '../../../src/daemon/watch/pacing.ts';
import { createRetry } from '../../../src/daemon/watch/retry.ts';
import { createTriggers, type Reason, type Triggers } from '../../../src/daemon/watch/triggers.ts';

const never = new AbortController().signal;

describe('triggers', () => {
  test('many reasons are one, and are given once', async () => {
    const triggers = createTriggers();
    triggers.ring('files');
    triggers.ring('files');
    triggers.ring('signal');
    expect(await triggers.wait(60_000, never)).toEqual(new Set(['files', 'signal']));
    expect(await triggers.wait(1, never)).toEqual(new Set());
  });

  test('one who waits is woken by a reason, and by the end', async () => {
    const triggers = createTriggers();
    const woken = triggers.wait(60_000, never);
    triggers.ring('caddy-back');
    expect(await woken).toEqual(new Set(['caddy-back']));

    const end = new AbortController();
    const ended = triggers.wait(Infinity, end.signal);
    end.abort();
    expect(await ended).toEqual(new Set());
    expect(await triggers.wait(60_000, end.signal)).toEqual(new Set());
  });
});

test('a retry waits anything up to a bound that doubles from 250 ms to 30 s, and begins anew', () => {
  const latest = createRetry(() => 1);
  const waits = Array.from({ length: 9 }, () => latest.next());
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  latest.reset();
  expect(latest.next()).toBe(250);
  expect(createRetry(() => 0).next()).toBe(0);
});

test('a breaker opens at the third heal within its time, and stays open until something else holds', () => {
  let now = 0;
  const breaker = createBreaker(60_000, () => now);
  for (now of [0, 30_000, 61_000]) breaker.healed();
  expect(breaker.isOpen()).toBe(false);
  now = 62_000;
  breaker.healed();
  expect(breaker.isOpen()).toBe(true);
  now = 1e9;
  expect(breaker.isOpen()).toBe(true);
  breaker.reset();
  expect(breaker.isOpen()).toBe(false);
});

describe('pacing', () => {
  /** Time passes only by waiting; `rings` are the times at which the files change. */
  function scene(rings: readonly number[]) {
    const clock = { now: 0 };
    const left = rings.map((at) => ({ at, reason: 'files' as Reason }));
    const triggers: Triggers = {
      ring: () => {},
      async wait(milliseconds) {
        const [next] = left;
        if (next === undefined || next.at > clock.now + milliseconds) {
          clock.now += milliseconds;
          return new Set();
        }
        left.shift();
        clock.now = Math.max(clock.now, next.at);
        return new Set([next.reason]);
      },
    };
    return { clock, left, triggers, pacing: createPacing(triggers, () => clock.now) };
  }

  const files: ReadonlySet<Reason> = new Set(['files']);

  test('a change long after a load goes at once', async () => {
    const { clock, pacing } = scene([]);
    await pacing.calm(files, never);
    expect(clock.now).toBe(0);
    pacing.pushed();
    clock.now = 2_000;
    await pacing.calm(files, never);
    expect(clock.now).toBe(2_000);
  });

  test('what Caddy or a person wants does not wait for the files', async () => {
    const { clock, left, pacing } = scene([10]);
    pacing.pushed();
    await pacing.calm(new Set(['caddy-back']), never);
    expect(clock.now).toBe(0);
    left.push({ at: 20, reason: 'signal' });
    expect(await pacing.calm(files, never)).toEqual(new Set(['files', 'signal']));
    expect(clock.now).toBe(20);
  });

  test.each([20, 90, 300])('500 changes, %i ms apart, are few loads, and the last is live soon', async (apart) => {
    const rings = Array.from({ length: 500 }, (_, n) => n * apart);
    const last = rings.at(-1) ?? 0;
    const { clock, left, triggers, pacing } = scene(rings);
    const loads: number[] = [];
    while (left.length > 0) {
      await pacing.calm(await triggers.wait(1e9, never), never);
      loads.push(clock.now);
      pacing.pushed();
      clock.now += 5;
    }
    expect(loads.length).toBeLessThanOrEqual(3 + Math.ceil(last / 6_000));
    expect(loads.at(-1)).toBeGreaterThanOrEqual(last);
    expect((loads.at(-1) ?? 0) - last).toBeLessThanOrEqual(2_000);
  });
});
