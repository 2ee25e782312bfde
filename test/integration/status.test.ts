import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StatusDocument } from '../../src/daemon/status/document.ts';
import { http1 } from '../support/client/http1.ts';
import { read1 } from '../support/client/stream.ts';
import { freePort } from '../support/client/ports.ts';
import { parseExposition } from '../support/exposition.ts';
import { caddyctl, endAll } from '../support/up.ts';
import { until } from '../support/until.ts';
import { logs, startWatching, type Watching } from '../support/watching.ts';

let at: Watching;
let port: number;
beforeEach(async () => {
  at = await startWatching();
  port = await freePort();
});
afterEach(async () => {
  await endAll([]);
  await at.stop();
});

const watch = (...flags: string[]) => at.watch('--status', `127.0.0.1:${port}`, ...flags);

/** Undefined where nobody answers. */
async function get(path: string, headers: Record<string, string> = {}) {
  return await http1({ host: `127.0.0.1:${port}`, port }, { path, headers }).catch(() => undefined);
}

async function answers(path: string, status: number): Promise<string> {
  return await until(async () => {
    const answer = await get(path);
    return answer?.status === status ? answer.body : undefined;
  });
}

async function tells(what: (status: StatusDocument) => boolean): Promise<StatusDocument> {
  return await until(async () => {
    const status = JSON.parse((await get('/api/status'))?.body ?? 'null') as StatusDocument | null;
    return status !== null && what(status) ? status : undefined;
  });
}

function site(name: string, body: string, key = 'respond'): string {
  return `sites:\n  ${name}.example.com: { listen: '127.0.0.1:${at.port}', tls: off, ${key}: ${body} }\n`;
}

async function ctl(...args: string[]) {
  const run = caddyctl({ args: ['status', '--address', `127.0.0.1:${port}`, ...args], home: at.folder });
  return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() };
}

test('readiness comes with the first pass that serves, goes with Caddy, and comes back with it', async () => {
  await at.write(site('a', 'one'));
  const run = watch();
  expect(JSON.parse(await answers('/readyz', 503))).toMatchObject({
    ready: false,
    reasons: expect.arrayContaining([expect.objectContaining({ reason: 'not-served-yet' })]),
  });
  await answers('/healthz', 200);
  expect(await ctl('--probe', 'alive')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await ctl('--probe', 'ready')).toMatchObject({ code: 4, stdout: '' });
  await at.startCaddy();
  await answers('/readyz', 200);
  expect(await ctl('--probe', 'ready')).toMatchObject({ code: 0 });
  expect(await at.body('a.example.com')).toBe('one');
  await at.killCaddy();
  const gone = JSON.parse(await answers('/readyz', 503)) as object;
  expect(gone).toMatchObject({ reasons: [{ reason: 'caddy-unreachable', message: expect.any(String) }] });
  await tells(({ state }) => state === 'not-serving');
  await at.startCaddy();
  await answers('/readyz', 200);
  await at.serves('a.example.com', 'one');
  const { counters } = await tells(({ counters }) => counters.heals === 1);
  const metrics = parseExposition((await get('/metrics'))?.body ?? '');
  expect(metrics.value('caddyctl_loads_total')).toBe(2);
  expect(metrics.value('caddyctl_heals_total')).toBe(1);
  expect(metrics.value('caddyctl_pass_duration_seconds_count')).toBeGreaterThanOrEqual(counters.passSeconds.count);
  expect(metrics.value('caddyctl_ready')).toBe(1);
  run.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  expect(await get('/healthz')).toBeUndefined();
  expect(await ctl()).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('no daemon answers') });
});

test('a file with a mistake is a condition with its place, told by every way there is', async () => {
  await at.startCaddy();
  await at.write(site('a', 'one'));
  await at.write(site('b', 'one'), 'b.yaml');
  watch('--on-error', 'hold-file');
  await tells(({ state }) => state === 'serving');
  expect(await ctl('--detailed-exitcode')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^● serving, 2 sites/),
  });
  const follower = caddyctl({
    args: ['status', '--address', `127.0.0.1:${port}`, '--watch', '-o', 'json'],
    home: at.folder,
  });
  const lines = (): StatusDocument[] =>
    follower
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as StatusDocument);
  await until(() => (lines().length > 0 ? true : undefined));

  await at.write(site('b', 'two', 'respnd'), 'b.yaml');
  await at.write(site('a', 'two'));
  await at.serves('a.example.com', 'two');
  const status = await tells(({ state, lastPass }) => state === 'degraded' && lastPass?.kind === 'applied');
  const [b, a] = status.files;
  expect(a?.conditions.map((each) => each.status)).toEqual(['True', 'True', 'True']);
  expect(b).toMatchObject({ held: true, fine: false });
  expect(b?.conditions[0]).toMatchObject({
    type: 'Accepted',
    status: 'False',
    reason: 'unknown-key',
    message: expect.stringMatching(/b\.yaml:2:\d+: /),
  });
  expect(status.lastPass?.diagnostics).toMatchObject([{ code: 'unknown-key', place: { line: 2 } }]);
  const metrics = parseExposition((await get('/metrics'))?.body ?? '');
  expect(metrics.value('caddyctl_files_held')).toBe(1);
  expect(metrics.value('caddyctl_files', { condition: 'Accepted', status: 'False' })).toBe(1);
  expect(metrics.value('caddyctl_save_to_live_seconds_count')).toBeGreaterThan(0);
  const text = await ctl('--detailed-exitcode');
  expect(text.code).toBe(2);
  expect(text.stdout).toMatch(/^● degraded/);
  expect(text.stdout).toMatch(/b\.yaml:2:\d+ error\[unknown-key\]/);
  expect(text.stdout).toMatch(/hint: did you mean `respond`/);
  expect(text.stdout).toMatch(/^SITE +ACCEPTED +PROGRAMMED +VERIFIED +FOR +WHY\nb\.example\.com +False +False +True/m);
  expect(text.stdout).not.toContain('a.example.com');
  const document = JSON.parse((await ctl('-o', 'json')).stdout) as StatusDocument;
  expect(document.files).toEqual(status.files);
  await until(() => (lines().some(({ state }) => state === 'degraded') ? true : undefined));
  follower.kill('SIGINT');
  expect(await follower.ended).toBe(130);
  expect(follower.stderr()).toBe('');
});

test('a follower goes on when the daemon is started anew', async () => {
  await at.startCaddy();
  await at.write(site('a', 'one'));
  const first = watch();
  await tells(({ state }) => state === 'serving');
  const follower = caddyctl({ args: ['status', '--address', `127.0.0.1:${port}`, '--watch'], home: at.folder });
  await until(() => (/Z serving, revision/.test(follower.stdout()) ? true : undefined));
  first.kill('SIGTERM');
  await follower.says(/The daemon does not answer; trying again/);
  const before = follower.stdout().length;
  watch();
  await follower.says(/The daemon answers again/);
  await until(() => (/Z serving, revision .*unchanged/.test(follower.stdout().slice(before)) ? true : undefined));
});

test('a site of its own Caddy shows it, over a socket that nobody else can reach', async () => {
  const socket = `unix/${at.folder}/status`;
  await at.startCaddy();
  await at.write(site('status', socket, 'to'));
  at.watch('--status', socket);
  const to = { host: 'status.example.com', port: at.port };
  await until(async () =>
    (await http1(to, { path: '/readyz' }).catch(() => undefined))?.status === 200 ? true : undefined,
  );
  expect((await http1(to)).body).toContain('page.js');
  const events = await read1(to, { path: '/api/events' });
  expect(await events.until('}\n\n')).toContain('event: status');
  events.leave();
});

test('a port that is taken does not keep the sites from being served', async () => {
  const other = createServer().listen(port, '127.0.0.1');
  await until(() => (other.listening ? true : undefined));
  await at.startCaddy();
  await at.write(site('a', 'one'));
  const run = watch();
  await logs(run, { msg: 'status not served', code: 'status-unavailable' });
  await at.serves('a.example.com', 'one');
  await at.write(site('a', 'two'));
  await at.serves('a.example.com', 'two');
  other.close();
  await tells(({ state, problems }) => state === 'serving' && problems.length === 0);
});

test('strangers cannot look: no wide address without a token, and no name but its own', async () => {
  await at.startCaddy();
  await at.write(site('a', 'one'));
  const open = at.watch('--status', `0.0.0.0:${port}`);
  expect(await open.ended).toBe(64);
  expect(open.stderr()).toContain('--status-token-file');
  expect(at.proxy.requests).toEqual([]);
  watch();
  await answers('/readyz', 200);
  expect((await get('/api/status', { Host: 'rebound.example.com' }))?.status).toBe(421);
  expect((await http1({ host: `127.0.0.1:${port}`, port }, { method: 'POST', path: '/api/status' })).status).toBe(405);
});

test('what was changed by hand is drift, and nothing of any config or policy is told', async () => {
  const answering = (body: string) => [{ handle: [{ handler: 'static_response', body }] }];
  const theirs = { listen: [`unix/${at.folder}/theirs`], routes: answering('canary-theirs') };
  await at.startCaddy({ apps: { http: { servers: { theirs } } } });
  await at.write(site('a', 'canary-ours'));
  watch('--self-heal', 'report');
  await at.serves('a.example.com', 'canary-ours');
  await tells(({ state }) => state === 'serving');
  const server = `/config/apps/http/servers/caddyctl-default-127.0.0.1-${at.port}`;
  await at.caddy().admin('PATCH', `${server}/routes`, JSON.stringify(answering('canary-edited')));
  await tells(({ state, drift, reasons }) => {
    const isTold = reasons.some(({ reason }) => reason === 'drift-edited' || reason === 'reported');
    return state === 'degraded' && drift?.class === 'edited' && isTold;
  });
  const metrics = parseExposition((await get('/metrics'))?.body ?? '');
  expect(metrics.value('caddyctl_drift', { class: 'edited' })).toBe(1);
  await at.write(site('a', 'canary-wrong').replace('respond', 'canary_key'));
  await tells(({ lastPass }) => lastPass?.kind === 'invalid');
  const events = await read1({ host: `127.0.0.1:${port}`, port }, { path: '/api/events' });
  const told = [await events.until('}\n\n'), (await ctl('--all')).stdout];
  events.leave();
  for (const path of ['/', '/healthz', '/readyz', '/metrics', '/api/status']) told.push((await get(path))?.body ?? '');
  for (const text of told) expect(text).not.toMatch(/canary-/);
});

test('under a pin each file says that it waits for it, until its policy changes', async () => {
  await at.startCaddy();
  await at.write(site('a', 'one'));
  watch();
  await at.serves('a.example.com', 'one');
  await at.write(site('a', 'two'));
  await at.serves('a.example.com', 'two');
  await tells(({ counters }) => counters.loads === 2);
  const back = caddyctl({ args: ['rollback', '--admin', at.proxy.address], home: at.folder });
  expect(await back.ended).toBe(0);
  const isPinned = ({ files }: StatusDocument): boolean =>
    files.some(({ conditions }) => conditions.some(({ reason }) => reason === 'pinned'));
  const pinned = await tells(isPinned);
  expect(pinned.files[0]?.conditions[1]).toMatchObject({
    type: 'Programmed',
    status: 'False',
    message: expect.stringMatching(/^revision [0-9a-f]{12} is pinned until a policy changes$/),
  });
  await at.write(site('a', 'three'));
  await at.serves('a.example.com', 'three');
  await tells((status) => !isPinned(status));
});
