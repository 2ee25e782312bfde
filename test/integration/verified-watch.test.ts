import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Backend, startBackend } from '../support/backend/backend.ts';
import { routes } from '../support/backend/routes.ts';
import { webSocketApp } from '../support/backend/websocket.ts';
import { all } from '../support/client/answer.ts';
import type { Endpoint } from '../support/client/endpoint.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { webSocket } from '../support/client/websocket.ts';
import { startProber } from '../support/prober.ts';
import { endAll, type Run } from '../support/up.ts';
import { until } from '../support/until.ts';
import { logOf, logs, startWatching, type Watching } from '../support/watching.ts';

/** The usual settle time, in which a fault must be over; in short mode less, and no bound. */
const isLong = process.env['CADDYCTL_LONG'] === '1';
const settle = isLong ? '5s' : '1s';
const host = 'a.example.com';

const answers = routes({ '/api/info': (_, response) => response.end('info') }, (request, response) => {
  request.resume().on('end', () => response.end('hello'));
});

let at: Watching;
let app: Backend;
/** Answers like it, but opens no WebSocket. */
let plain: Backend;
let dead: number;

beforeAll(async () => {
  app = await startBackend({ app: answers, upgrade: webSocketApp().upgrade });
  plain = await startBackend({ app: answers });
  dead = await freePort();
});
afterAll(async () => {
  await app.stop();
  await plain.stop();
});
beforeEach(async () => {
  at = await startWatching();
  await at.startCaddy();
});
afterEach(async () => {
  await endAll([]);
  await at.stop();
});

/** What a policy says where it says nothing else. */
interface Said {
  readonly to?: string;
  readonly headers?: string;
  readonly maxBody?: string;
  readonly auth?: string;
  readonly more?: string;
}

function policy({
  to = app.address,
  headers = 'X-Frame-Options: DENY, ',
  maxBody = '5MiB',
  auth,
  more = '',
}: Said): string {
  const locked = auth ?? 'auth: { basic: { users: { ann: { env: HASH } } } }';
  return `
services:
  app: { at: '${to}', health: /health }
sites:
  ${host}:
    listen: '127.0.0.1:${at.port}'
    tls: internal
    headers: { ${headers}X-Content-Type-Options: nosniff }
    max_body: ${maxBody}
    routes:
      /: app
      /admin: { to: app, ${locked} }
${more}
    checks:
      - { get: /api/info, status: 200, body: { contains: info } }
      - { upload: /upload, size: 2MiB, status: 200 }
      - { websocket: /ws }
`;
}

const ask = (path = '/', body?: string) =>
  http1(endpoint(), { path, ...(body !== undefined && { method: 'POST', body }) });

let ca: string;
const endpoint = (): Endpoint => ({ host, port: at.port, ca });

/** Waits until the daemon has pushed the policy and found it well. */
async function serving(said: Said, ...flags: readonly string[]): Promise<Run> {
  await at.write(policy(said));
  const run = at.watch('--settle', settle, '--bake', '10m', ...flags);
  await logs(run, { msg: 'policies applied' });
  ca = await at.caddy().rootCa();
  // Caddy makes the certificate after it has begun to serve.
  await until(() =>
    ask().then(
      () => true,
      () => undefined,
    ),
  );
  return run;
}

describe('a push that breaks something under load is noticed and taken back', () => {
  const upload = 'x'.repeat(1_500_000);
  const faults: readonly (readonly [string, () => Said, () => Promise<boolean>])[] = [
    ['an upstream that is dead', () => ({ to: `127.0.0.1:${dead}` }), async () => (await ask()).status === 200],
    ['a header lost', () => ({ headers: '' }), async () => all(await ask(), 'x-frame-options').length === 1],
    [
      'a route shadowed',
      () => ({ more: '      /api/info: { respond: nothing }' }),
      async () => (await ask('/api/info')).body === 'info',
    ],
    ['an auth dropped', () => ({ auth: 'auth: none' }), async () => (await ask('/admin')).status === 401],
    ['a limit lowered', () => ({ maxBody: '1MiB' }), async () => (await ask('/upload', upload)).status === 200],
    [
      'a WebSocket broken',
      () => ({ to: plain.address }),
      async () => {
        const socket = await webSocket(endpoint(), '/ws');
        socket.leave();
        return true;
      },
    ],
  ];

  test.each(faults)('%s', async (name, bad, isGood) => {
    const run = await serving({});
    const before = (await at.caddy().admin('GET', '/config/')).text;
    const loads = at.loads();
    const prober = startProber(isGood);
    await until(() => (prober.seen().length > 20 ? true : undefined));
    expect(prober.fault()).toBe(0);

    await at.write(policy(bad()));
    const told = await logs(run, { msg: 'policies not applied', outcome: 'rolled-back' });
    await until(() => (prober.fault() < Infinity ? true : undefined));
    await prober.stop();
    const faulty = prober.seen().filter(({ good }) => !good);
    process.stderr.write(
      `${name}: ${Math.round(prober.fault())} ms, ${faulty.length} of ${prober.seen().length} answers\n`,
    );
    // The fault was there for the clients too, or this would show nothing.
    expect(faulty.length).toBeGreaterThan(0);
    if (isLong) expect(prober.fault()).toBeLessThan(5_000);
    expect(String(told['reason'])).toMatch(/expected .*, got .* \(.*site\.yaml:\d+:\d+\)/);
    expect(await isGood()).toBe(true);
    expect((await at.caddy().admin('GET', '/config/')).text).toBe(before);
    expect(at.loads()).toBe(loads + 2);

    // It is not tried again, however often one looks.
    await at.write('# nothing\n', 'other.txt');
    await at.write(policy({}));
    await logs(run, { msg: 'nothing to apply' }, logOf(run).indexOf(told));
    expect(at.loads()).toBe(loads + 2);
  });
});

test('an app that dies while its revision is on trial: what ran before is put back', async () => {
  const young = await startBackend({ app: answers, upgrade: webSocketApp().upgrade });
  const run = await serving({}, '--interval', '300ms');
  const before = (await at.caddy().admin('GET', '/config/')).text;
  const loads = at.loads();
  await at.write(policy({ to: young.address }));
  await logs(run, { msg: 'policies applied' }, logOf(run).length);
  expect(at.loads()).toBe(loads + 1);
  expect((await ask()).body).toBe('hello');
  expect(young.contacts.length).toBeGreaterThan(0);

  await young.stop();
  const told = await logs(run, { msg: 'policies not applied', outcome: 'rolled-back' });
  expect(String(told['reason'])).toMatch(/expected .*, got .* \(.*site\.yaml:\d+:\d+\)/);
  expect((await at.caddy().admin('GET', '/config/')).text).toBe(before);
  expect((await ask()).body).toBe('hello');
  expect(at.loads()).toBe(loads + 2);
});

test('a revision that failed is withheld from the next daemon too, and the next policy is not', async () => {
  const run = await serving({});
  const before = (await at.caddy().admin('GET', '/config/')).text;
  await at.write(policy({ to: `127.0.0.1:${dead}` }));
  await logs(run, { msg: 'policies not applied', outcome: 'rolled-back' });
  const loads = at.loads();
  run.kill('SIGKILL');
  await run.ended;

  const next = at.watch('--settle', settle);
  const told = await logs(next, { msg: 'policies not applied', outcome: 'withheld' });
  expect(told['reason']).toMatch(/^checks failed with revision \w+, and it was rolled back/);
  expect(at.loads()).toBe(loads);
  expect((await at.caddy().admin('GET', '/config/')).text).toBe(before);
  await at.write(policy({ maxBody: '6MiB' }));
  await logs(next, { msg: 'policies applied' });
  expect(at.loads()).toBe(loads + 1);
});
