import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Backend, linesOf, startBackend } from '../../support/backend/backend.ts';
import { echo } from '../../support/backend/echo.ts';
import { webSocketApp } from '../../support/backend/websocket.ts';
import { raw } from '../../support/client/raw.ts';
import { webSocket } from '../../support/client/websocket.ts';
import { type Served, serve } from '../../support/serve.ts';

let app: Backend;
let any: Backend;
let gate: Backend;
let served: Served;

beforeAll(async () => {
  const sockets = webSocketApp();
  app = await startBackend({ app: echo('app'), upgrade: (...args) => sockets.upgrade(...args) });
  // Takes whatever protocol it is offered, and any method for it.
  any = await startBackend({
    app: echo('any'),
    upgrade: (request, socket) => {
      const { upgrade } = request.headers;
      socket.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`);
    },
  });
  gate = await startBackend({
    app: (_request, response) => response.writeHead(204, { 'Remote-User': 'anna' }).end(),
  });
  served = await serve({
    caddyPath: inject('caddyPath'),
    environment: { TOKEN: 'token' },
    policy: `
services:
  gate: { at: "${gate.address}" }
sites:
  app.test: { to: "${app.address}", request_headers: { X-Tenant: { default: none } } }
  any.test: { to: "${any.address}" }
  gated.test: { to: "${app.address}", auth: { forward: { to: gate, path: /verify, copy_headers: [Remote-User] } } }
  locked.test: { to: "${any.address}", auth: { bearer: { env: TOKEN } } }
`,
  });
});

afterAll(async () => {
  await served?.stop();
  for (const backend of [app, any, gate]) await backend?.stop();
});

beforeEach(() => {
  for (const backend of [app, any, gate]) backend.contacts.length = 0;
});

const ask = (host: string, headers: readonly string[], method = 'GET') =>
  raw(served.https(host), [`${method} /x HTTP/1.1`, `Host: ${host}`, ...headers]);

describe('a client cannot forge', () => {
  test('its address, to the app or to the auth service', async () => {
    await ask('gated.test', ['X-Real-IP: 192.0.2.1', 'X-Forwarded-For: 192.0.2.1', 'Forwarded: for=192.0.2.1']);
    for (const { contacts } of [app, gate]) {
      expect(linesOf(contacts[0], 'X-Real-IP')).toEqual(['127.0.0.1']);
      expect(linesOf(contacts[0], 'X-Forwarded-For')).toEqual(['127.0.0.1']);
      expect(linesOf(contacts[0], 'Forwarded')).toEqual([]);
    }
  });

  // Apps by CGI's rules read X_Real_IP as X-Real-IP. Caddy takes such headers away by itself only since 2.11.4.
  test.each(['X_Real_IP', 'X-Real_IP', 'X_Forwarded_For', 'Remote_User'])('%s', async (name) => {
    await ask('gated.test', [`${name}: forged`]);
    for (const { contacts } of [app, gate]) expect(linesOf(contacts[0], name)).toEqual([]);
  });
});

// "Connection: X" tells a proxy to drop the header X: also one that we set before the proxy looks.
test('a client cannot have a header dropped on the way to the app', async () => {
  await ask('gated.test', ['Connection: Remote-User']);
  expect(linesOf(app.contacts[0], 'Remote-User')).toEqual(['anna']);
  app.contacts.length = 0;
  await ask('app.test', ['Connection: X-Tenant, X-Real-Ip', 'Connection: X-Forwarded-For']);
  expect(linesOf(app.contacts[0], 'X-Tenant')).toEqual(['none']);
  expect(linesOf(app.contacts[0], 'X-Real-Ip')).toEqual(['127.0.0.1']);
  expect(linesOf(app.contacts[0], 'X-Forwarded-For')).toEqual(['127.0.0.1']);
});

// Within such a connection a client could ask for any path, past every route.
test.each(['h2c', 'H2C', 'HTTP/2.0', 'TLS/1.2', 'websocket, h2c'])(
  'an upgrade to %s is not offered',
  async (protocol) => {
    const answer = await ask('any.test', ['Connection: Upgrade, HTTP2-Settings', `Upgrade: ${protocol}`]);
    expect(answer.status).toBe(200);
    expect(linesOf(any.contacts[0], 'Upgrade')).toEqual([]);
  },
);

test.each(['websocket', 'WebSocket', 'SPDY/3.1', 'tcp'])('an upgrade to %s passes', async (protocol) => {
  const answer = await ask('any.test', ['Connection: keep-alive, Upgrade', `Upgrade: ${protocol}`]);
  expect(answer.status).toBe(101);
  expect(linesOf(any.contacts[0], 'Upgrade')).toEqual([protocol.toLowerCase()]);
});

test('a WebSocket opens behind an auth service, which is asked in plain HTTP', async () => {
  const socket = await webSocket(served.https('gated.test'), '/ws');
  socket.send('hello');
  expect(await socket.nextMessage()).toBe('hello');
  socket.close();
  expect(linesOf(gate.contacts[0], 'Upgrade')).toEqual([]);
  expect(linesOf(app.contacts[0], 'Remote-User')).toEqual(['anna']);
});

describe('without a credential', () => {
  const preflight = ['Origin: https://a.test', 'Access-Control-Request-Method: GET'];

  test('a preflight passes', async () => {
    expect((await ask('locked.test', preflight, 'OPTIONS')).status).toBe(200);
  });

  test.each([
    ['Connection: Upgrade', 'Upgrade: websocket'],
    ['X-HTTP-Method-Override: DELETE'],
    ['X-HTTP-Method: DELETE'],
    ['X-Method-Override: DELETE'],
  ])('what only looks like a preflight does not: %s', async (...more) => {
    expect((await ask('locked.test', [...preflight, ...more], 'OPTIONS')).status).toBe(401);
    expect(any.contacts).toEqual([]);
  });
});
