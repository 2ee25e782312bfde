import { expect, test } from 'vitest';
import { createStatusHolder, type DaemonStatus, initialStatus } from '../../../src/daemon/status/state.ts';
import { createBreaker } from '../../../src/daemon/watch/breaker.ts';
import { createReconciler } from '../../../src/daemon/watch/reconciler.ts';
import { createReporter } from '../../../src/daemon/watch/report.ts';
import type { Log } from '../../../src/log.ts';
import { memoryAdmin } from '../../reconcile/memory-admin.ts';

const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: false, env: {} };
const site = (name: string, body: string): string => `sites:\n  ${name}.example.com: { respond: ${body} }\n`;

/** A daemon without its loop: each turn over the files as they are then. */
function scene(onError: 'refuse' | 'hold-file') {
  const admin = memoryAdmin();
  const files = new Map<string, string>();
  const breaker = createBreaker(60_000);
  const holder = createStatusHolder(initialStatus('default', admin.address, new Date(0)));
  const said: string[] = [];
  const say = (fields: object, message: string): void => void said.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { error: say, warn: say, info: say, debug() {} };
  const reporter = createReporter(holder, log, breaker, () => {});
  const reconciler = createReconciler({
    admin,
    epoch: () => 0,
    target,
    options: { allowEmpty: false, maxDelete: 0.3, forceConflicts: false },
    selfHeal: 'all',
    onError,
    read: async () => ({ sources: [...files].map(([path, text]) => ({ path, text })), diagnostics: [] }),
    breaker,
    memory: undefined,
  });
  const turn = async (): Promise<DaemonStatus> => {
    reporter.report(await reconciler.turn(new Set(['files'])), { at: new Date(1), milliseconds: 7 });
    return holder.get();
  };
  return { admin, files, turn, said, holder };
}

function conditions({ files }: DaemonStatus): object {
  const words = files.map(({ path, conditions }) => [
    path,
    conditions.filter(({ type }) => type !== 'Verified').map(({ status, reason }) => `${status} ${reason}`),
  ]);
  return Object.fromEntries(words) as object;
}

test('what is applied is accepted and programmed, with its sites and counters', async () => {
  const { files, turn } = scene('refuse');
  files.set('a.yaml', site('a', 'one'));
  const status = await turn();
  expect(status).toMatchObject({
    readyAt: expect.any(String),
    caddy: { level: '2.11.3' },
    lastPass: { kind: 'applied', milliseconds: 7, diagnostics: [] },
    sites: [{ hosts: ['a.example.com'], file: 'a.yaml', line: 2 }],
    counters: { loads: 1, heals: 0, passes: { applied: 1, unchanged: 0 } },
  });
  const { desired, running, lastApplied } = status.revisions;
  expect([running, lastApplied?.revision]).toEqual([desired, desired]);
  expect(conditions(status)).toEqual({ 'a.yaml': ['True accepted', 'True applied'] });
  expect(JSON.parse(JSON.stringify(status))).toEqual(status);
});

test('one bad file: the others are accepted, what serves is programmed still, and each knows since when', async () => {
  const { files, turn } = scene('refuse');
  files.set('a.yaml', site('a', 'one'));
  files.set('b.yaml', site('b', 'one'));
  const before = await turn();
  files.set('a.yaml', site('a', 'two'));
  files.set('b.yaml', 'sites: [');
  const status = await turn();
  expect(conditions(status)).toEqual({
    'a.yaml': ['True accepted', 'False invalid'],
    'b.yaml': ['False syntax', 'False syntax'],
  });
  expect(status.lastPass).toMatchObject({
    kind: 'invalid',
    diagnostics: [{ code: 'syntax', place: { file: 'b.yaml' } }],
  });
  expect(status.revisions.running).toBe(before.revisions.running);
  expect(status.sites).toHaveLength(2);
  expect(status.files[0]?.conditions[0]?.since).toBe(before.files[0]?.conditions[0]?.since);
});

test('a held file says so, and the others are programmed', async () => {
  const { files, turn } = scene('hold-file');
  files.set('a.yaml', site('a', 'one'));
  files.set('b.yaml', site('b', 'one'));
  await turn();
  files.set('a.yaml', site('a', 'two'));
  files.set('b.yaml', 'sites: [');
  const status = await turn();
  expect(conditions(status)).toEqual({
    'a.yaml': ['True accepted', 'True applied'],
    'b.yaml': ['False syntax', 'False syntax'],
  });
  expect(status.files.map(({ held }) => held)).toEqual([false, true]);
  expect(status.lastPass?.kind).toBe('applied');
});

test('drift stands in the status until it is put right, and the same is said once', async () => {
  const { admin, files, turn, said } = scene('refuse');
  files.set('a.yaml', site('a', 'one'));
  await turn();
  for (let heal = 1; heal <= 3; heal++) {
    admin.state.apps = { http: { servers: {} } };
    const status = await turn();
    expect(status.counters.heals).toBe(heal);
    expect(status.drift).toBeUndefined();
  }
  admin.state.apps = { http: { servers: {} } };
  const status = await turn();
  expect(status).toMatchObject({
    drift: { class: 'gone' },
    lastPass: { kind: 'withheld' },
    problems: [{ code: 'healing-stopped' }],
  });
  expect(conditions(status)).toEqual({ 'a.yaml': ['True accepted', 'False gone'] });
  const lines = said.length;
  await turn();
  expect(said).toHaveLength(lines);
  files.set('a.yaml', site('a', 'two'));
  const mended = await turn();
  expect(mended.problems).toEqual([]);
  expect(mended.drift).toBeUndefined();
});

test('nothing is served where the set is empty, and the digest that allows it is told', async () => {
  const { admin, files, turn } = scene('refuse');
  files.set('a.yaml', site('a', 'one'));
  await turn();
  const writes = admin.writes.length;
  files.clear();
  const status = await turn();
  expect(status.lastPass).toMatchObject({ kind: 'refused', digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(admin.writes).toHaveLength(writes);
  // A Caddy that lost everything meanwhile gets back what it had.
  admin.state.apps = null;
  const back = await turn();
  expect(back.lastPass?.kind).toBe('refused');
  expect(back.counters).toMatchObject({ heals: 1, loads: 2 });
  expect(JSON.stringify(admin.state.apps)).toContain('a.example.com');
});
