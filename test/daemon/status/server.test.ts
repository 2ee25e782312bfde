import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, request, type ServerResponse } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parseStatusAddress } from '../../../src/daemon/status/address.ts';
import { createEventStreams } from '../../../src/daemon/status/events.ts';
import { createLiveness } from '../../../src/daemon/status/liveness.ts';
import { serveStatus } from '../../../src/daemon/status/serve-status.ts';
import { createStatusHolder } from '../../../src/daemon/status/state.ts';
import { silentLog } from '../../../src/log.ts';
import { all, type Answer } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { freePort } from '../../support/client/ports.ts';
import { raw } from '../../support/client/raw.ts';
import { read1 } from '../../support/client/stream.ts';
import { parseExposition } from '../../support/exposition.ts';
import { until } from '../../support/until.ts';
import { brokenStatus, someStatus } from './some-status.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function serving(token?: string, given?: string) {
  const port = await freePort();
  const parsed = parseStatusAddress(given ?? `127.0.0.1:${port}`);
  if (!parsed.ok) throw new Error(parsed.message);
  const status = createStatusHolder(someStatus());
  let now = 0;
  const liveness = createLiveness(10_000, () => now);
  const server = await serveStatus({
    address: parsed.address,
    token,
    status,
    liveness,
    version: '1.2.3',
    log: silentLog,
  });
  endings.push(() => server.close());
  const to = { host: `127.0.0.1:${port}`, port };
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => http1(to, { path, headers });
  return { port, to, status, liveness, get, server, pass: (milliseconds: number) => void (now += milliseconds) };
}

const paths = [
  '/',
  '/page.css',
  '/page.js',
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/status',
  '/api/events',
  '/nothing',
];

test('each answer is kept nowhere, framed nowhere and told to no other site', async () => {
  const { get, to } = await serving();
  for (const path of paths) {
    const answer = path === '/api/events' ? await read1(to, { path }) : await get(path);
    if ('leave' in answer) answer.leave();
    expect(answer.status, path).toBe(path === '/nothing' ? 404 : 200);
    expect(all(answer, 'cache-control')).toEqual(['no-store']);
    expect(all(answer, 'x-content-type-options')).toEqual(['nosniff']);
    expect(all(answer, 'cross-origin-resource-policy')).toEqual(['same-origin']);
    expect(all(answer, 'access-control-allow-origin')).toEqual([]);
    const [policy = ''] = all(answer, 'content-security-policy');
    expect(Object.fromEntries(policy.split('; ').map((each) => each.split(/ (.*)/)))).toEqual(strictPolicy);
  }
});

/** Nothing but what the page itself brings, and no text becomes a script. */
const strictPolicy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
};

test('who sends a request byte by byte, for ever, is sent away', async () => {
  const { port, get } = await serving();
  let closed = 0;
  const slow = Array.from({ length: 20 }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}).on('close', () => closed++);
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    return socket;
  });
  const trickle = setInterval(() => slow.forEach((socket) => socket.writable && socket.write('x')), 200);
  endings.push(
    () => clearInterval(trickle),
    () => slow.forEach((socket) => socket.destroy()),
  );
  expect((await get('/healthz')).status).toBe(200);
  await until(() => (closed === slow.length ? true : undefined));
});

test('only reading is possible, by the names that are its own', async () => {
  const { to, get } = await serving();
  for (const path of paths) {
    expect((await http1(to, { path, method: 'POST', body: 'x'.repeat(100_000) })).status, path).toBe(405);
    expect((await get(path, { Host: 'rebound.example.com' })).status, path).toBe(421);
    const head = await http1(to, { path, method: 'HEAD' });
    expect([head.status, head.body], path).toEqual([path === '/nothing' ? 404 : 200, '']);
  }
  const odd = await raw(to, [`GET http://evil.example.com/api/status HTTP/1.1`, `Host: ${to.host}`]);
  expect(odd.status).toBe(404);
  expect((await raw(to, ['GET /../../etc/passwd HTTP/1.1', `Host: ${to.host}`])).status).toBe(404);
  expect((await raw(to, ['GET / HTTP/1.1', `Host: ${to.host}`, `X: ${'x'.repeat(20_000)}`])).status).toBe(431);
  expect((await raw(to, ['GET / HTTP/1.1'])).status).toBe(400);
});

test('a token opens all; without it the probes say yes or no, and nothing else', async () => {
  const token = 'some-token-that-is-long';
  const { get, to, status } = await serving(token);
  for (const path of paths.filter((each) => !each.endsWith('z'))) {
    const closed = await get(path);
    expect(closed.status, path).toBe(401);
    expect(all(closed, 'www-authenticate').map((line) => line.split(' ', 1)[0])).toEqual(['Bearer', 'Basic']);
    expect(closed.body).not.toContain(token);
  }
  expect((await http1(to, { path: '/healthz', method: 'POST' })).status).toBe(405);
  status.update((before) => ({ ...before, caddy: { address: 'secret-address', reachable: false } }));
  const bare = await get('/readyz', { Host: 'pod.example.com' });
  expect([bare.status, JSON.parse(bare.body)]).toEqual([503, { ready: false }]);
  const told = await get('/readyz', { Authorization: `Bearer ${token}` });
  expect(told.body).toContain('caddy-unreachable');
  expect((await get('/api/status', { Authorization: `Bearer ${token}`, Host: 'status.example.com' })).status).toBe(200);
});

test('health and readiness follow the worker and the status', async () => {
  const { get, status, liveness, pass } = await serving();
  expect(await get('/healthz')).toMatchObject({ status: 200, body: '{"alive":true}\n' });
  expect(await get('/readyz')).toMatchObject({ status: 200, body: '{"ready":true}\n' });
  liveness.begun();
  pass(liveness.longest + 1);
  expect(await get('/healthz')).toMatchObject({ status: 503, body: expect.stringContaining('worker-stuck') });
  expect(JSON.parse((await get('/api/status')).body)).toMatchObject({ version: 1, state: 'degraded' });
  liveness.ended();
  expect((await get('/healthz')).status).toBe(200);
  status.update((before) => ({ ...before, caddy: { ...before.caddy, reachable: false, reason: 'gone' } }));
  const answer = await get('/readyz');
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.body)).toEqual({
    ready: false,
    reasons: [{ reason: 'caddy-unreachable', message: 'gone' }],
  });
});

test('the metrics are those of the status, in the format that is read', async () => {
  const { get, status } = await serving();
  status.update(() => brokenStatus('a "mistake"\nof two lines'));
  status.update((before) => ({
    ...before,
    files: before.files.map((file) => ({ ...file, path: `odd "${file.path}"\n\\` })),
  }));
  const answer = await get('/metrics');
  expect(all(answer, 'content-type')).toEqual(['text/plain; version=0.0.4; charset=utf-8']);
  const { types, value, series } = parseExposition(answer.body);
  expect(types.get('caddyctl_passes_total')).toBe('counter');
  expect(types.get('caddyctl_pass_duration_seconds')).toBe('histogram');
  expect(value('caddyctl_passes_total', { outcome: 'applied' })).toBe(3);
  expect([value('caddyctl_loads_total'), value('caddyctl_heals_total')]).toEqual([3, 1]);
  expect(value('caddyctl_revision_info', { kind: 'running', revision: 'aaaa' })).toBe(1);
  expect(value('caddyctl_caddy_reachable')).toBe(1);
  expect(value('caddyctl_files', { condition: 'Accepted', status: 'False' })).toBe(1);
  expect(value('caddyctl_files_held')).toBe(1);
  expect(value('caddyctl_file_refused', { file: 'odd "b.yaml"\n\\', held: 'true' })).toBe(1);
  expect(value('caddyctl_problem', { code: 'watch-limit' })).toBe(1);
  expect(value('caddyctl_drift', { class: 'edited' })).toBe(0);
  expect(value('caddyctl_last_success_timestamp_seconds')).toBe(Date.parse('2026-11-21T04:00:00Z') / 1_000);
  const buckets = series
    .filter(({ name }) => name === 'caddyctl_pass_duration_seconds_bucket')
    .map((each) => each.value);
  expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
  expect(buckets.at(-1)).toBe(value('caddyctl_pass_duration_seconds_count'));
  expect(value('caddyctl_pass_duration_seconds_sum')).toBeCloseTo(99.304);
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(0);
  parseExposition((await get('/metrics')).body);
});

test('events: the whole status first, then after changes, many of them as one', async () => {
  const { to, status } = await serving();
  const events = await read1(to, { path: '/api/events' });
  expect(all(events, 'content-type')).toEqual(['text/event-stream']);
  const next = async (): Promise<{ readonly id: number; readonly owner: string }> => {
    const [, id, data = ''] = /id: (\d+)\nevent: status\ndata: (.*)\n\n$/.exec(await events.until('}\n\n')) ?? [];
    return { id: Number(id), ...(JSON.parse(data) as { owner: string }) };
  };
  const first = await next();
  expect(first.owner).toBe('default');
  for (let change = 1; change <= 1_000; change++) status.update((before) => ({ ...before, owner: `o${change}` }));
  const second = await next();
  expect(second.owner).toBe('o1000');
  expect(second.id).toBeGreaterThan(first.id);
  events.leave();
});

test('more followers than there is room for are told so, and there is room again when one goes', async () => {
  const { to, get } = await serving();
  const readers = await Promise.all(Array.from({ length: 16 }, () => read1(to, { path: '/api/events' })));
  const crowded = await get('/api/events');
  expect(crowded.status).toBe(503);
  expect(all(crowded, 'retry-after')).toEqual(['30']);
  readers[0]?.leave();
  const again = await until(async () => {
    const reader = await read1(to, { path: '/api/events' });
    return reader.status === 200 ? reader : undefined;
  });
  for (const reader of [...readers, again]) reader.leave();
});

test('for a reader who does not keep up no more than one status is held, and the last one is what it gets', async () => {
  const status = createStatusHolder(someStatus());
  // More than the system keeps for a connection.
  const size = 16_000_000;
  let rendered = 0;
  const render = (): string => {
    rendered++;
    return JSON.stringify({ owner: status.get().owner, padding: 'x'.repeat(size) });
  };
  const streams = createEventStreams(status, render, () => true);
  const responses: ServerResponse[] = [];
  const server = createHttpServer((_, response) => {
    responses.push(response);
    streams.add(response);
  }).listen(0, '127.0.0.1');
  endings.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await until(() => (server.listening ? true : undefined));
  const port = (server.address() as { port: number }).port;
  const asked = request({ host: '127.0.0.1', port, agent: false }).end();
  const slow = await new Promise<NodeJS.ReadableStream>((resolve) => asked.on('response', resolve));
  slow.pause();
  const [response] = await until(() => (responses.length === 1 ? responses : undefined));
  let most = 0;
  for (let change = 1; change <= 8; change++) {
    status.update((before) => ({ ...before, owner: `o${change}` }));
    const begun = performance.now();
    await until(() => (performance.now() > begun + 150 ? true : undefined));
    most = Math.max(most, response?.writableLength ?? 0);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(1.1 * size);
  expect(rendered).toBe(1);
  let text = '';
  slow.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-2 * size)));
  slow.resume();
  await until(() => (text.includes('"owner":"o8"') ? true : undefined));
  expect(rendered).toBe(2);
  asked.destroy();
});

test('300 idle connections, and 300 that never finish asking, keep nobody from being answered, and go', async () => {
  const { port, get } = await serving();
  const sockets: Socket[] = [];
  let closed = 0;
  for (let count = 0; count < 600; count++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}).on('close', () => closed++);
    if (count % 2 === 0) socket.write('GET / HTTP/1.1\r\nHost: 127');
    sockets.push(socket);
  }
  endings.push(() => sockets.forEach((socket) => socket.destroy()));
  const begun = performance.now();
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/api/status')).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(5_000);
  await until(() => (closed >= 600 - 256 ? true : undefined));
  expect((await get('/healthz')).status).toBe(200);
  await until(() => (closed === 600 ? true : undefined));
});

test('a port that somebody else has is a problem in the status, until it is free', async () => {
  const other = createServer();
  const port = await freePort();
  other.listen(port, '127.0.0.1');
  await until(() => (other.listening ? true : undefined));
  const { status } = await serving(undefined, `127.0.0.1:${port}`);
  expect(status.get().problems).toMatchObject([
    { code: 'status-unavailable', hint: expect.stringContaining('--status') },
  ]);
  other.close();
  await until(() => (status.get().problems.length === 0 ? true : undefined));
  expect((await http1({ host: `127.0.0.1:${port}`, port }, { path: '/healthz' })).status).toBe(200);
});

test('a Unix socket is for its owner, or for a group; what was left behind is taken, what is used or no socket is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 's-'));
  endings.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 's');
  const first = await serving(undefined, `unix/${path}`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const second = await serving(undefined, `unix/${path}`);
  expect(second.status.get().problems).toMatchObject([{ message: expect.stringContaining('another program') }]);
  await second.server.close();
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    request({ socketPath: path, path: '/healthz', headers: { host: 'x' }, agent: false }, (found) => {
      found.resume();
      resolve(found.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(answer).toBe(200);
  await first.server.close();
  const group = await serving(undefined, `unix/${path}|0660`);
  expect((await stat(path)).mode & 0o777).toBe(0o660);
  await group.server.close();
  await writeFile(path, 'precious');
  const refused = await serving(undefined, `unix/${path}`);
  expect(refused.status.get().problems).toMatchObject([{ message: expect.stringContaining('there is a file') }]);
  expect((await stat(path)).size).toBe(8);
});
