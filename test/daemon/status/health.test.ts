import { expect, test } from 'vitest';
import { statusDocument } from '../../../src/daemon/status/document.ts';
import { healthOf, isReady, whyNotReady } from '../../../src/daemon/status/health.ts';
import { createLiveness, isAlive } from '../../../src/daemon/status/liveness.ts';
import { initialStatus } from '../../../src/daemon/status/state.ts';
import { brokenStatus, conditions, someStatus } from './some-status.ts';

const words = (status: Parameters<typeof healthOf>[0]) => {
  const { state, reasons } = healthOf(status, true);
  return [state, ...reasons.map(({ reason }) => reason)];
};

test('ready is who has served, and whose Caddy answers and has what was applied', () => {
  const starting = initialStatus('default', 'localhost:2019', new Date(0));
  expect(isReady(starting)).toBe(false);
  expect(whyNotReady(starting)).toEqual([{ reason: 'not-served-yet', message: 'the first pass has not ended' }]);
  expect(isReady(someStatus())).toBe(true);
  const away = someStatus({ caddy: { address: 'x', reachable: false, reason: 'it is gone' } });
  expect(whyNotReady(away)).toEqual([{ reason: 'caddy-unreachable', message: 'it is gone' }]);
  expect(isReady(someStatus({ drift: { class: 'reset', since: '' } }))).toBe(false);
  expect(isReady(someStatus({ drift: { class: 'edited', since: '' } }))).toBe(true);
});

test('the headline says what is amiss, once', () => {
  expect(words(someStatus())).toEqual(['serving']);
  expect(words(someStatus({ drift: { class: 'foreign', since: '' } }))).toEqual(['serving']);
  expect(words(someStatus({ drift: { class: 'gone', since: '' } }))).toEqual(['degraded', 'drift-gone']);
  expect(words(someStatus({ drift: { class: 'reset', since: '' } }))).toEqual(['not-serving', 'drift-reset']);
  expect(words(brokenStatus('oh'))).toEqual(['degraded', 'watch-limit', 'held']);
  const { files } = someStatus();
  const pinned = files.map((file) => ({ ...file, conditions: conditions('True', 'False', 'it is pinned') }));
  expect(words(someStatus({ files: pinned }))).toEqual(['degraded', 'some-reason']);
  const lastPass = {
    kind: 'unreachable',
    at: '',
    milliseconds: 1,
    message: 'gone',
    hint: 'start it',
    diagnostics: [],
  } as const;
  const away = someStatus({ caddy: { address: 'x', reachable: false, reason: 'gone' }, lastPass });
  expect(healthOf(away, true)).toEqual({
    state: 'not-serving',
    reasons: [{ reason: 'caddy-unreachable', message: 'gone', hint: 'start it' }],
  });
  expect(healthOf(someStatus(), false)).toMatchObject({ state: 'degraded', reasons: [{ reason: 'worker-stuck' }] });
});

test('alive is who is between passes, or in one that is not older than its time-outs', () => {
  let now = 0;
  const liveness = createLiveness(10_000, () => now);
  now = 10 ** 9;
  expect(isAlive(liveness)).toBe(true);
  liveness.begun();
  now += 600_000;
  expect(isAlive(liveness)).toBe(true);
  now += 1;
  expect(isAlive(liveness)).toBe(false);
  liveness.ended();
  expect(isAlive(liveness)).toBe(true);
});

test('of a thousand mistakes a hundred are told, and how many there are', () => {
  const { lastPass } = brokenStatus('oh');
  const diagnostics = Array.from({ length: 1_000 }, () => lastPass?.diagnostics[0]).filter(
    (each) => each !== undefined,
  );
  const status = someStatus({ ...(lastPass && { lastPass: { ...lastPass, diagnostics } }) });
  const document = statusDocument(status, '1.2.3', true);
  expect(document.lastPass?.diagnostics).toHaveLength(100);
  expect(document.lastPass?.diagnosticsTotal).toBe(1_000);
});
