import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { hashSync } from 'bcryptjs';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { all } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { type Served, serve } from '../../support/serve.ts';

let app: Backend;
let gate: Backend;
let served: Served;

beforeAll(async () => {
  app = await startBackend({ app: echo('app') });
  gate = await startBackend({
    app: (request, response) => {
      const known = request.headers['x-key'] === 'let-me-in';
      const uri = String(request.headers['x-forwarded-uri']);
      response.writeHead(
        known ? 204 : 401,
        known ? { 'Remote-User': 'anna', 'X-Asked': `${request.method} ${request.url} for ${uri}` } : {},
      );
      response.end();
    },
  });
  served = await serve({
    caddyPath: inject('caddyPath'),
    environment: { HASH: hashSync('open sesame', 4), TOKEN_A: 'token-a', TOKEN_B: 'token-b' },
    policy: `
services:
  gate: { at: "${gate.address}" }
  vault: { at: "${app.address}", sensitive: true }
sites:
  basic.test:
    auth: { basic: { users: { anna: { env: HASH } }, realm: "The {realm}" } }
    routes:
      /: ${app.address}
      /open: { to: "${app.address}", auth: none }
      /vault: vault
  bearer.test: { auth: { bearer: [ { env: TOKEN_A }, { env: TOKEN_B }, { env: NOT_SET } ], pass: true }, to: "${app.address}" }
  forward.test: { auth: { forward: { to: gate, path: /verify, copy_headers: [Remote-User, X-Asked] } }, to: "${app.address}" }
  from.test:
    routes:
      /: { to: "${app.address}", allow_from: [127.0.0.1, 127.0.0.2], deny_from: 127.0.0.2 }
`,
  });
});

afterAll(async () => {
  await served?.stop();
  for (const backend of [app, gate]) await backend?.stop();
});

const ask = (host: string, headers: Record<string, string> = {}, path = '/', method = 'GET') =>
  http1(served.https(host), { headers, path, method });
const seenBy = (body: string) => Object.fromEntries((JSON.parse(body) as Seen).headers);
const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const preflight = { Origin: 'https://x.test', 'Access-Control-Request-Method': 'POST' };

describe('basic auth', () => {
  test('lets in who knows the password, and keeps the credential from the app', async () => {
    const answer = await ask('basic.test', basic('anna', 'open sesame'));
    expect(answer.status).toBe(200);
    expect(seenBy(answer.body)).not.toHaveProperty('Authorization');
  });

  test.each([{}, basic('anna', 'wrong'), basic('bert', 'open sesame'), { Authorization: 'Bearer open sesame' }])(
    'refuses %o with its challenge',
    async (headers) => {
      const answer = await ask('basic.test', headers);
      expect(answer.status).toBe(401);
      expect(all(answer, 'WWW-Authenticate')).toEqual(['Basic realm="The {realm}"']);
    },
  );

  test('a route may be open', async () => {
    expect((await ask('basic.test', {}, '/open')).status).toBe(200);
  });

  test('a preflight passes, but not to a sensitive service', async () => {
    expect((await ask('basic.test', preflight, '/', 'OPTIONS')).status).toBe(200);
    expect((await ask('basic.test', preflight, '/vault', 'OPTIONS')).status).toBe(401);
    expect((await ask('basic.test', { Origin: 'https://x.test' }, '/', 'OPTIONS')).status).toBe(401);
  });
});

describe('bearer auth', () => {
  test.each(['Bearer token-a', 'bearer token-b', 'BEARER  token-a'])(
    'takes "%s", and hands it on where told',
    async (value) => {
      const answer = await ask('bearer.test', { Authorization: value });
      expect(answer.status).toBe(200);
      expect(seenBy(answer.body)).toMatchObject({ Authorization: value });
    },
  );

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer token',
    'Bearer token-a*',
    'Bearer *',
    'Bearer token-a token-b',
    'token-a',
    'Bearer {env.TOKEN_A}',
  ])('refuses "%s"', async (value) => {
    const answer = await ask('bearer.test', { Authorization: value });
    expect(answer.status).toBe(401);
    expect(all(answer, 'WWW-Authenticate')).toEqual(['Bearer']);
  });
});

describe('an auth service', () => {
  test('is asked about each request, and what it says of the user reaches the app', async () => {
    const answer = await http1(served.https('forward.test'), {
      path: '/some/page?q=1',
      headers: { 'X-Key': 'let-me-in', 'Remote-User': 'root' },
    });
    expect(seenBy(answer.body)).toMatchObject({
      'Remote-User': 'anna',
      'X-Asked': 'GET /verify for /some/page?q=1',
    });
  });

  test('refuses, and a forged header does not help', async () => {
    expect((await ask('forward.test', { 'Remote-User': 'root' })).status).toBe(401);
  });
});

test('allow_from and deny_from go by the connection, whatever a header says', async () => {
  const from = async (address: string, headers = {}) =>
    (await http1(served.https('from.test', address), { headers })).status;
  expect(await from('127.0.0.1')).toBe(200);
  expect(await from('127.0.0.2')).toBe(403);
  expect(await from('127.0.0.3')).toBe(403);
  expect(await from('127.0.0.3', { 'X-Forwarded-For': '127.0.0.1', 'X-Real-IP': '127.0.0.1' })).toBe(403);
});
