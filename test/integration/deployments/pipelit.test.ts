import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startBackend, type Backend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { routes } from '../../support/backend/routes.ts';
import { streaming } from '../../support/backend/stream.ts';
import { webSocketApp } from '../../support/backend/websocket.ts';
import { all, type Answer } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { http2 } from '../../support/client/http2.ts';
import { speaksQuic } from '../../support/client/quic.ts';
import { read1 } from '../../support/client/stream.ts';
import { upload } from '../../support/client/upload.ts';
import { webSocket } from '../../support/client/websocket.ts';
import { deploy, translate, type Deployment } from '../../support/deployment.ts';
import { accessLines } from './logs.ts';
import { streamLimits } from './stream-limits.ts';
import { changeConfig } from './reloads.ts';

const MIB = 2 ** 20;
const PIPELIT = 'your-domain.com';
const KEY = 'pk-7f3a9c51d2e84b60';

let backend: Backend;
let pipelit: Deployment;
const sockets = webSocketApp(40);
const stream = streaming('text/plain');

beforeAll(async () => {
  backend = await startBackend({
    app: routes({ '/stream': stream.app }, echo('pipelit')),
    upgrade: sockets.upgrade,
  });
  const dials = { 'localhost:8000': backend.address };
  pipelit = await deploy({ caddyPath: inject('caddyPath'), policy: 'pipelit.yaml', dials });
});

afterAll(async () => {
  await pipelit?.stop();
  await backend?.stop();
});

const seen = (answer: Answer) => JSON.parse(answer.body) as Seen;
const valuesSeen = (answer: Answer, name: string) =>
  seen(answer)
    .headers.filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);

test.each(['/', '/api/v1/workflows?x=1', '/ws', '/ws/', '/wsx', '/a/b/c%20d'])(
  '%s reaches the app as it is',
  async (path) => {
    for (const ask of [http1, http2]) {
      const answer = await ask(pipelit.https(PIPELIT), { path });
      expect(answer.status).toBe(200);
      expect(seen(answer).url).toBe(path);
    }
  },
);

describe('WebSockets at /ws/?token=', () => {
  test('open, carry messages both ways, and the token reaches the app', async () => {
    const client = await webSocket(pipelit.https(PIPELIT), `/ws/?token=${KEY}`);
    const app = await sockets.connected();
    expect(app.request.url).toBe(`/ws/?token=${KEY}`);
    for (const message of ['a', 'b'.repeat(100_000)]) {
      client.send(message);
      expect(await client.nextMessage()).toBe(message);
    }
    app.send('from the app');
    expect(await client.nextMessage()).toBe('from the app');
    client.close();
    expect(await app.closed).toBe(1005);
  });

  test('beat on and survive ten reloads', async () => {
    const client = await webSocket(pipelit.https(PIPELIT), `/ws/?token=${KEY}`);
    const app = await sockets.connected();
    for (let round = 1; round <= 10; round++) {
      await changeConfig(pipelit.caddy, round);
      client.send(`round ${round}`);
      expect(await client.nextMessage()).toBe(`round ${round}`);
      await Promise.all([client.nextPing(), app.nextPong()]);
    }
    client.leave();
    await app.closed;
  });

  test('may last a day, also past a reload: nothing in the config ends them before', async () => {
    const limits = streamLimits(await translate('pipelit.yaml', []));
    expect(limits.length).toBeGreaterThan(0);
    for (const { closeDelay, timeout } of limits) {
      expect(closeDelay).toBeGreaterThanOrEqual(86_400);
      expect(timeout).toBeGreaterThanOrEqual(86_400);
    }
  });

  test('see the real client, Host and scheme', async () => {
    const forged = { 'X-Forwarded-For': '198.51.100.66', 'X-Real-IP': '198.51.100.66', 'X-Forwarded-Proto': 'http' };
    const client = await webSocket(pipelit.https(PIPELIT, '127.0.0.5'), '/ws/', forged);
    const { request } = await sockets.connected();
    expect(request.headers).toMatchObject({
      host: PIPELIT,
      'x-forwarded-for': '127.0.0.5',
      'x-real-ip': '127.0.0.5',
      'x-forwarded-proto': 'https',
    });
    client.leave();
  });
});

describe('uploads', () => {
  const ways = [
    { version: 1, length: true },
    { version: 1, length: false },
    { version: 2, length: true },
    { version: 2, length: false },
  ] as const;

  test.each(ways)('of 50 MiB reach the app whole: HTTP/$version, length $length', async (way) => {
    const { answer, sha256 } = await upload(pipelit.https(PIPELIT), { path: '/up', size: 50 * MIB, ...way });
    expect(answer.status).toBe(200);
    expect(seen(answer)).toMatchObject({ length: 50 * MIB, sha256 });
  });

  test.each(ways)('of more are a 413: HTTP/$version, length $length', async (way) => {
    for (const size of [50 * MIB + 1, 150 * MIB]) {
      const before = backend.contacts.length;
      const { answer } = await upload(pipelit.https(PIPELIT), { path: '/up', size, ...way });
      expect(answer.status).toBe(413);
      const contacts = backend.contacts.slice(before);
      for (const contact of contacts) {
        expect(contact.whole).toBe(false);
        expect(contact.received).toBeLessThanOrEqual(50 * MIB);
      }
      if (way.length) expect(contacts).toEqual([]);
    }
  });
});

test('Host and the forwarded headers are right, and cannot be forged', async () => {
  const forged = {
    'X-Forwarded-For': ['198.51.100.66', '198.51.100.67'],
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Host': 'evil.example.net',
    'X-Real-IP': ['198.51.100.66', '198.51.100.67'],
  };
  for (const headers of [{}, forged]) {
    for (const ask of [http1, http2]) {
      const answer = await ask(pipelit.https(PIPELIT, '127.0.0.6'), { path: '/x', headers });
      expect(valuesSeen(answer, 'Host')).toEqual([PIPELIT]);
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['127.0.0.6']);
      expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual(['127.0.0.6']);
      expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
      expect(valuesSeen(answer, 'X-Forwarded-Host')).toEqual([PIPELIT]);
    }
  }
});

describe('logs', () => {
  test('say who asked for what, and never the token', async () => {
    await http1(pipelit.https(PIPELIT, '127.0.0.7'), { path: `/api/x?page=2&token=${KEY}&y=z` });
    await http1(pipelit.https(PIPELIT), { path: `/api/x?token=${KEY}&token=${KEY}` });
    await http1(pipelit.https(PIPELIT), { path: '/', headers: { Referer: `https://${PIPELIT}/?token=${KEY}` } });
    const client = await webSocket(pipelit.https(PIPELIT), `/ws/?token=${KEY}`);
    client.close();
    await client.closed;
    const line = await accessLines(pipelit.caddy, (entry) => entry.request.uri.startsWith('/api/x?page=2'));
    expect(line.request.remote_ip).toBe('127.0.0.7');
    expect(line.request.uri).toMatch(/^\/api\/x\?page=2&token=[^&]+&y=z$/);
    await accessLines(pipelit.caddy, (entry) => entry.request.uri.startsWith('/ws/'));
    expect(pipelit.caddy.logs()).not.toContain(KEY);
  });

  test('nor when the request fails: app down, app gone in the middle, client gone', async () => {
    const reading = await read1(pipelit.https(PIPELIT), { path: `/stream?token=${KEY}&case=cut` });
    (await stream.opened()).send('half');
    await reading.until('half');
    const left = await read1(pipelit.https(PIPELIT), { path: `/stream?token=${KEY}&case=left` });
    const leaving = await stream.opened();
    leaving.send('half');
    await left.until('half');
    left.leave();
    await leaving.clientLeft;
    await backend.stop();
    try {
      await reading.rest();
      expect((await http1(pipelit.https(PIPELIT), { path: `/down?token=${KEY}` })).status).toBe(502);
      await expect(webSocket(pipelit.https(PIPELIT), `/ws/?token=${KEY}&case=down`)).rejects.toThrow(/502/);
      await accessLines(pipelit.caddy, (entry) => entry.request.uri.startsWith('/down'));
      await accessLines(pipelit.caddy, (entry) => entry.request.uri.includes('case=down'));
      await accessLines(pipelit.caddy, (entry) => entry.request.uri.includes('case=left'));
    } finally {
      await backend.start();
    }
    await http1(pipelit.http(PIPELIT), { path: `/redirected?token=${KEY}` });
    expect(pipelit.caddy.logs()).not.toContain(KEY);
  });
});

test('http goes to https', async () => {
  const answer = await http1(pipelit.http(PIPELIT), { path: '/a?b=c' });
  expect([301, 308]).toContain(answer.status);
  expect(all(answer, 'Location').join().replace(`:${pipelit.httpsPort}`, '')).toBe(`https://${PIPELIT}/a?b=c`);
});

test('HTTP/2 is offered and HTTP/3 is not, since 443/udp is shut', async () => {
  const answer = await http2(pipelit.https(PIPELIT));
  expect(answer.status).toBe(200);
  expect(all(answer, 'Alt-Svc')).toEqual([]);
  expect(await speaksQuic(pipelit.httpsPort)).toBe(false);
});

describe('ports that must stay inside', () => {
  test('Caddy itself listens on neither 8000 nor 6379', async () => {
    const { apps } = await translate('pipelit.yaml', []);
    const { servers } = (apps as { http: { servers: Record<string, { listen: string[] }> } }).http;
    const listens = Object.values(servers).flatMap(({ listen }) => listen);
    expect(listens.length).toBeGreaterThan(0);
    for (const listen of listens) expect(listen).toMatch(/:(80|443)$/);
  });

  test('a policy that sends anyone to Redis is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pipelit-'));
    try {
      const file = join(folder, 'redis.yaml');
      await writeFile(file, 'sites:\n  redis.example.com: { to: localhost:6379, allow_from: private }\n');
      const root = join(import.meta.dirname, '../../..');
      const paths = [join(root, 'policies/pipelit.yaml'), file];
      const [code, errors] = await new Promise<[unknown, string]>((resolve) => {
        execFile(process.execPath, [join(root, 'src/main.ts'), 'validate', ...paths], (error, _out, stderr) => {
          resolve([error?.code, stderr]);
        });
      });
      expect(code).toBe(3);
      expect(errors).toContain('6379');
      expect(errors).toContain('redis.yaml:2:');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
