import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startBackend, type Backend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { routes } from '../../support/backend/routes.ts';
import { RECORD_END, signalR } from '../../support/backend/signalr.ts';
import { webSocketApp } from '../../support/backend/websocket.ts';
import { all, type Answer } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { http2 } from '../../support/client/http2.ts';
import { read1, read2 } from '../../support/client/stream.ts';
import { webSocket } from '../../support/client/websocket.ts';
import { deploy, translate, type Deployment } from '../../support/deployment.ts';
import { accessLines } from './logs.ts';
import { changeConfig } from './reloads.ts';
import { streamLimits } from './stream-limits.ts';

const SOPHON = 'sophon.example.com';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.c29waG9u.c2lnbmF0dXJl';

let dashboard: Backend;
let gateway: Backend;
let sophon: Deployment;
const hub = signalR();
const sockets = webSocketApp(40);

beforeAll(async () => {
  dashboard = await startBackend({ app: echo('dashboard') });
  gateway = await startBackend({
    app: routes({ '/hubs/agent': hub.app, '/hubs/agent/negotiate': hub.app }, echo('gateway')),
    upgrade: sockets.upgrade,
  });
  const dials = { 'localhost:8080': dashboard.address, 'localhost:8081': gateway.address };
  sophon = await deploy({ caddyPath: inject('caddyPath'), policy: 'sophon.yaml', dials });
});

afterAll(async () => {
  await sophon?.stop();
  for (const backend of [dashboard, gateway]) await backend?.stop();
});

const seen = (answer: Answer) => JSON.parse(answer.body) as Seen;
const valuesSeen = (answer: Answer, name: string) =>
  seen(answer)
    .headers.filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);

describe('the gateway owns /api and /hubs, the dashboard everything else', () => {
  test.each([
    ['/', 'dashboard'],
    ['/index.html', 'dashboard'],
    ['/agents/7', 'dashboard'],
    ['/apifoo', 'dashboard'],
    ['/hubsfoo/x', 'dashboard'],
    ['/x/api', 'dashboard'],
    ['/api', 'gateway'],
    ['/api/', 'gateway'],
    ['/api/v1/agents?x=%20y', 'gateway'],
    ['/hubs', 'gateway'],
    ['/hubs/', 'gateway'],
    ['/hubs/other', 'gateway'],
  ])('%s is answered by the %s, the path kept', async (path, name) => {
    for (const ask of [http1, http2]) {
      const answer = await ask(sophon.https(SOPHON), { path });
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ app: name, url: path });
    }
  });
});

interface Negotiated {
  readonly connectionToken: string;
  readonly availableTransports: readonly { readonly transport: string }[];
}

async function negotiate(): Promise<Negotiated> {
  const ask = { method: 'POST', path: '/hubs/agent/negotiate?negotiateVersion=1' };
  const answer = await http2(sophon.https(SOPHON), ask);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body) as Negotiated;
}

const say = (token: string, text: string) =>
  http1(sophon.https(SOPHON), { method: 'POST', path: `/hubs/agent?id=${token}`, body: text + RECORD_END });

describe('SignalR', () => {
  test('negotiates all three transports', async () => {
    const { availableTransports } = await negotiate();
    const names = availableTransports.map(({ transport }) => transport);
    expect(names).toEqual(['WebSockets', 'ServerSentEvents', 'LongPolling']);
  });

  test('by WebSocket, with heartbeats, across ten reloads', async () => {
    const { connectionToken } = await negotiate();
    const path = `/hubs/agent?id=${connectionToken}&access_token=${JWT}`;
    const client = await webSocket(sophon.https(SOPHON), path);
    const app = await sockets.connected();
    expect(app.request.url).toBe(path);
    for (let round = 1; round <= 10; round++) {
      await changeConfig(sophon.caddy, round);
      const message = JSON.stringify({ type: 1, target: 'run', arguments: [round] }) + RECORD_END;
      client.send(message);
      expect(await client.nextMessage()).toBe(message);
      await Promise.all([client.nextPing(), app.nextPong()]);
    }
    client.close();
    await app.closed;
  });

  test.each([
    ['HTTP/1.1', read1],
    ['HTTP/2', read2],
  ])('by server-sent events over %s, each at once, across reloads', async (_version, read) => {
    const { connectionToken } = await negotiate();
    const headers = { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip' };
    const reading = await read(sophon.https(SOPHON), { path: `/hubs/agent?id=${connectionToken}`, headers });
    expect(reading.status).toBe(200);
    expect(await hub.listening()).toBe(connectionToken);
    expect(all(reading, 'Content-Encoding')).toEqual([]);
    for (const [round, size] of [1, 600, 20_000, 2].entries()) {
      expect((await say(connectionToken, `${round}`)).status).toBe(200);
      expect(await hub.heard()).toBe(`${round}${RECORD_END}`);
      await changeConfig(sophon.caddy, 100 + round);
      hub.say(connectionToken, { type: 3, result: 'x'.repeat(size) });
      const event = await reading.until('\r\n\r\n');
      expect(event).toBe(`data: ${JSON.stringify({ type: 3, result: 'x'.repeat(size) })}${RECORD_END}\r\n\r\n`);
    }
    reading.leave();
  });

  test('by long polling, across a reload', async () => {
    const { connectionToken } = await negotiate();
    const path = `/hubs/agent?id=${connectionToken}`;
    for (const round of [1, 2, 3]) {
      const poll = http1(sophon.https(SOPHON), { path });
      expect(await hub.listening()).toBe(connectionToken);
      await changeConfig(sophon.caddy, 200 + round);
      hub.say(connectionToken, { round });
      expect((await poll).body).toBe(JSON.stringify({ round }) + RECORD_END);
    }
    expect((await http1(sophon.https(SOPHON), { method: 'DELETE', path })).status).toBe(202);
  });

  test('for a day, also past a reload: nothing in the config ends it before', async () => {
    const limits = streamLimits(await translate('sophon.yaml', []));
    expect(limits.some(({ closeDelay }) => closeDelay >= 86_400)).toBe(true);
    for (const { timeout } of limits) expect(timeout).toBeGreaterThanOrEqual(86_400);
  });
});

test('a WebSocket outside of the gateway is not its business', async () => {
  await expect(webSocket(sophon.https(SOPHON), '/apifoo/ws')).rejects.toThrow(/400/);
});

test('Host and the forwarded headers are right, and cannot be forged', async () => {
  const forged = {
    'X-Forwarded-For': ['198.51.100.66', '198.51.100.67'],
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Host': 'evil.example.net',
    'X-Real-IP': '198.51.100.66',
  };
  for (const path of ['/', '/api/x', '/hubs/x']) {
    for (const ask of [http1, http2]) {
      const answer = await ask(sophon.https(SOPHON, '127.0.0.8'), { path, headers: forged });
      expect(valuesSeen(answer, 'Host')).toEqual([SOPHON]);
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['127.0.0.8']);
      expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual(['127.0.0.8']);
      expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
      expect(valuesSeen(answer, 'X-Forwarded-Host')).toEqual([SOPHON]);
    }
  }
});

test('access tokens in queries reach the gateway and no log', async () => {
  const path = `/api/x?access_token=${JWT}&page=2`;
  const answer = await http1(sophon.https(SOPHON), { path });
  expect(seen(answer).url).toBe(path);
  const client = await webSocket(sophon.https(SOPHON), `/hubs/agent?access_token=${JWT}`);
  client.close();
  await client.closed;
  await gateway.stop();
  try {
    expect((await http1(sophon.https(SOPHON), { path: `/api/down?access_token=${JWT}` })).status).toBe(502);
  } finally {
    await gateway.start();
  }
  await http1(sophon.http(SOPHON), { path });
  const line = await accessLines(sophon.caddy, (entry) => /^\/api\/x\?.*page=2/.test(entry.request.uri));
  expect(line.request.uri).toMatch(/^\/api\/x\?access_token=[^&]+&page=2$/);
  await accessLines(sophon.caddy, (entry) => entry.request.uri.startsWith('/api/down'));
  await accessLines(sophon.caddy, (entry) => entry.request.uri.startsWith('/hubs/agent?access_token='));
  expect(sophon.caddy.logs()).not.toContain(JWT);
});

test('http goes to https', async () => {
  const answer = await http1(sophon.http(SOPHON), { path: '/api/x?y=z' });
  expect([301, 308]).toContain(answer.status);
  const location = all(answer, 'Location').join().replace(`:${sophon.httpsPort}`, '');
  expect(location).toBe(`https://${SOPHON}/api/x?y=z`);
});

test('HTTP/2 is offered', async () => {
  expect((await http2(sophon.https(SOPHON))).status).toBe(200);
});
