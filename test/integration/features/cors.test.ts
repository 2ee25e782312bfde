import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo } from '../../support/backend/echo.ts';
import { all } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { type Served, serve } from '../../support/serve.ts';

const GOOD = 'https://good.test';
let app: Backend;
let served: Served;

beforeAll(async () => {
  app = await startBackend({ app: echo('app', { 'Access-Control-Allow-Origin': 'https://app.says', Vary: 'Accept' }) });
  served = await serve({
    caddyPath: inject('caddyPath'),
    environment: { TOKEN: 't' },
    policy: `
sites:
  any.test: { cors: "*", to: "${app.address}" }
  some.test:
    cors: { origins: [${GOOD}, "https://other.test:8443"], methods: [GET, PUT], headers: [X-One], expose: [X-Two], credentials: true, max_age: 10m }
    auth: { bearer: { env: TOKEN } }
    to: ${app.address}
`,
  });
});

afterAll(async () => {
  await served?.stop();
  await app?.stop();
});

const ask = (host: string, headers: Record<string, string>, method = 'GET') =>
  http1(served.https(host), { headers, method });

test('any origin: the answer says so once, whatever the app says', async () => {
  const answer = await ask('any.test', { Origin: GOOD });
  expect(all(answer, 'Access-Control-Allow-Origin')).toEqual(['*']);
});

test('a named origin is told its own name, and caches are told that it depends', async () => {
  const answer = await ask('some.test', { Origin: GOOD, Authorization: 'Bearer t' });
  expect(answer.status).toBe(200);
  expect(all(answer, 'Access-Control-Allow-Origin')).toEqual([GOOD]);
  expect(all(answer, 'Access-Control-Allow-Credentials')).toEqual(['true']);
  expect(all(answer, 'Access-Control-Expose-Headers')).toEqual(['X-Two']);
  expect(all(answer, 'Vary').sort()).toEqual(['Accept', 'Origin']);
});

test('a page of a named origin can read even a refusal', async () => {
  const answer = await ask('some.test', { Origin: GOOD });
  expect(answer.status).toBe(401);
  expect(all(answer, 'Access-Control-Allow-Origin')).toEqual([GOOD]);
});

test.each(['https://evil.test', 'https://good.test.evil.test', 'http://good.test', 'null'])(
  '%s is told nothing, not even by the app',
  async (Origin) => {
    const answer = await ask('some.test', { Origin, Authorization: 'Bearer t' });
    expect(answer.status).toBe(200);
    expect(all(answer, 'Access-Control-Allow-Origin')).toEqual([]);
  },
);

test('preflights are answered here, before auth and app', async () => {
  const before = app.contacts.length;
  const asked = { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-one' };
  const named = await ask('some.test', { Origin: GOOD, ...asked }, 'OPTIONS');
  expect(named.status).toBe(204);
  expect(all(named, 'Access-Control-Allow-Origin')).toEqual([GOOD]);
  expect(all(named, 'Access-Control-Allow-Methods')).toEqual(['GET, PUT']);
  expect(all(named, 'Access-Control-Allow-Headers')).toEqual(['X-One']);
  expect(all(named, 'Access-Control-Max-Age')).toEqual(['600']);
  const any = await ask('any.test', { Origin: GOOD, ...asked }, 'OPTIONS');
  expect(any.status).toBe(204);
  expect(all(any, 'Access-Control-Allow-Headers')).toEqual(['x-one']);
  const stranger = await ask('some.test', { Origin: 'https://evil.test', ...asked }, 'OPTIONS');
  expect(all(stranger, 'Access-Control-Allow-Origin')).toEqual([]);
  expect(app.contacts.length).toBe(before);
});
