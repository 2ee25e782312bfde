import { beforeEach, describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { type History, openHistory } from '../../src/history/history.ts';
import { inputsOf } from '../../src/history/inputs.ts';
import type { KeptCheck } from '../../src/history/kept-check.ts';
import type { Verify } from '../../src/reconcile/kept-verification.ts';
import { type RecordedPass, recordedPass } from '../../src/reconcile/recorded-pass.ts';
import { createTrials } from '../../src/reconcile/trials.ts';
import { newFolder } from '../history/new-folder.ts';
import { type MemoryAdmin, memoryAdmin, refusal } from './memory-admin.ts';

const kept: KeptCheck = {
  check: { id: 'a', name: 'health', site: 'a.example.com', says: 'app is well', probe: { kind: 'none', reason: '' } },
  line: { file: 'p.yaml', line: 1, column: 1 },
};

let history: History;
let admin: MemoryAdmin;
/** Ports of the apps that are there: a site is well if it leads to one of them. */
let alive: Set<number>;

beforeEach(() => {
  history = openHistory(newFolder());
  admin = memoryAdmin();
  alive = new Set([1]);
});

function isWell(): boolean {
  const dialled = /"dial":"localhost:(\d+)"/.exec(JSON.stringify(admin.state.apps))?.[1];
  return alive.has(Number(dialled));
}

function verify(more: Partial<Verify> = {}): Verify {
  return {
    asker: {
      guarantees: async () => [{ ...kept, isDropped: false, isNew: false }],
      ahead: async () => new Map(),
      ask: async (guarantees) =>
        guarantees.map(({ check: { id, site, says }, line }) => {
          return {
            id,
            site,
            says,
            line,
            isDropped: false,
            state: isWell() ? ('passed' as const) : ('failed' as const),
          };
        }),
    },
    trials: createTrials(history, admin.address),
    settle: 100,
    bake: 0,
    looks: false,
    isPatient: false,
    ...more,
  };
}

function run(port: number, more: Partial<Verify> = {}): Promise<RecordedPass> {
  const sources = [{ path: 'p.yaml', text: `sites:\n  a.example.com: { to: 'localhost:${port}', http: off }\n` }];
  const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: false, env: {} };
  return recordedPass({
    admin,
    owner: 'default',
    options: { allowEmpty: false, maxDelete: 0.3, forceConflicts: false },
    compile: async () => ({ ...compile(sources, target), inputs: inputsOf(sources) }),
    confirm: async () => true,
    history,
    by: { user: 'ann', command: 'apply', version: '1.0.0' },
    pin: 'stays',
    verify: verify(more),
  });
}

const entries = async () =>
  (await history.read()).entries.map(({ outcome, verified }) => `${outcome}${verified ? ' verified' : ''}`);

test('what works is a last good one at once, or after its bake time', async () => {
  expect((await run(1)).outcome.kind).toBe('applied');
  // Nothing passed before the first push, so nothing could break; that it works now was seen.
  expect(await entries()).toEqual(['applied verified']);
  alive.add(2);
  await run(2, { bake: 60_000 });
  expect(await entries()).toEqual(['applied', 'applied verified']);
  expect((await history.readTrial())?.state).toBe('pushed');
  const trial = await history.readTrial();
  await history.writeTrial(trial && { ...trial, until: new Date(0).toISOString() });
  expect((await run(2)).outcome.kind).toBe('unchanged');
  expect(await entries()).toEqual(['verified verified', 'applied', 'applied verified']);
  expect(await history.readTrial()).toBeUndefined();
});

test('what breaks is taken back, shown to work again, and remembered as bad', async () => {
  await run(1);
  const before = structuredClone(admin.state);
  expect((await run(2)).outcome).toMatchObject({ kind: 'rolled-back', checks: { regressions: [{ id: 'a' }] } });
  expect(admin.state).toEqual(before);
  expect(await entries()).toEqual(['rolled-back', 'applied verified']);
  expect(await history.readTrial()).toMatchObject({ state: 'failed' });
});

describe('what was asked ahead', () => {
  const verdict = (state: 'passed' | 'failed', check = kept.check) =>
    new Map([[check, { id: 'a', site: '', says: '', line: kept.line, isDropped: false, state }]]);
  const asking = (found: ReturnType<typeof verdict>): Partial<Verify> => ({
    isNews: true,
    asker: { ...verify().asker, ahead: async () => found },
  });

  test('counts as asked before the push where it passed', async () => {
    await run(1);
    alive.clear();
    // What it goes back to is no better by now.
    expect((await run(2, asking(verdict('passed')))).outcome.kind).toBe('rollback-failed');
  });

  test('is asked again where it did not', async () => {
    await run(1);
    expect((await run(2, asking(verdict('failed')))).outcome.kind).toBe('rolled-back');
  });

  test('does not count for another question of the same site', async () => {
    await run(1);
    const other = { ...kept.check, probe: { kind: 'none', reason: 'other' } as const };
    expect((await run(2, asking(verdict('failed', other)))).outcome.kind).toBe('rolled-back');
  });
});

test('what failed before the push does not hold it up', async () => {
  await run(1);
  alive.clear();
  expect((await run(2)).outcome).toMatchObject({
    kind: 'applied',
    checks: { failing: [{ id: 'a' }], regressions: [] },
  });
});

test('what others wrote meanwhile stays when ours is taken back', async () => {
  await run(1);
  let writes = 0;
  admin.onWrite = () => {
    if (++writes !== 2) return;
    const { http } = admin.state.apps as { http: { servers: Record<string, unknown> } };
    http.servers['others'] = { listen: [':9999'] };
  };
  // The second write is ours that goes back: it meets what somebody else has written right before it.
  expect((await run(2)).outcome.kind).toBe('rolled-back');
  expect(JSON.stringify(admin.state.apps)).toContain('"others":{"listen":[":9999"]}');
  expect(isWell()).toBe(true);
});

describe('where going back fails', () => {
  test('because Caddy does not take it, that is said, and the trial goes on', async () => {
    await run(1);
    let writes = 0;
    admin.onWrite = () => {
      if (++writes > 1) throw refusal({ kind: 'rejected', reason: 'no', panicked: false });
    };
    const { outcome } = await run(2);
    expect(outcome).toMatchObject({
      kind: 'rollback-failed',
      isBack: false,
      problem: expect.stringContaining('no') as string,
    });
    expect(await history.readTrial()).toMatchObject({ state: 'pushed' });
  });

  test('to make it work, it was not the push', async () => {
    await run(1);
    admin.onWrite = () => alive.clear();
    const { outcome } = await run(2);
    expect(outcome).toMatchObject({ kind: 'rollback-failed', isBack: true });
    expect(await history.readTrial()).toBeUndefined();
  });
});

test('one that was killed between the push and the proof: the next pass goes back', async () => {
  await run(1);
  let isKilled = false;
  const killed = run(2, {
    asker: {
      ...verify().asker,
      async ask(...of) {
        // Never answers after the push.
        if (admin.writes.length > 1) {
          isKilled = true;
          return await new Promise(() => {});
        }
        return await verify().asker.ask(...of);
      },
    },
  });
  void killed;
  await expect.poll(() => isKilled).toBe(true);
  expect(isWell()).toBe(false);
  expect((await run(2)).outcome).toMatchObject({ kind: 'rolled-back' });
  expect(isWell()).toBe(true);
});
