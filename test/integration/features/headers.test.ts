import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { all } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { type Served, serve } from '../../support/serve.ts';

let app: Backend;
let served: Served;

beforeAll(async () => {
  app = await startBackend({
    app: echo('app', {
      'X-Set': ['app', 'app again'],
      'X-Removed': 'app',
      'X-Default': 'app',
      'X-Kept': 'app',
      Server: 'app/1',
    }),
  });
  served = await serve({
    caddyPath: inject('caddyPath'),
    policy: `
presets:
  base:
    headers:
      X-Set: preset
      X-Kept: preset
      X-Literal: "{env.HOME} {http.request.uri} \\\\{x} }"
sites:
  app.test:
    use: base
    hide_server: true
    headers:
      x-set: site
      X-Removed: null
      X-Default: { default: policy }
      X-Other: { default: policy }
      X-Set-Twice: { add: one }
      X-Kept: { keep: true }
    request_headers:
      X-To-App: policy
      Accept-Language: null
      X-Tenant: { default: none }
    routes:
      /: ${app.address}
      /near: { to: "${app.address}", headers: { X-Set: route }, cache_control: no-store }
      /text: { respond: hello }
      /no: { deny: 418 }
      /dead: 127.0.0.1:1
`,
  });
});

afterAll(async () => {
  await served?.stop();
  await app?.stop();
});

const ask = (path: string, headers = {}) => http1(served.https('app.test'), { path, headers });

test.each(['/', '/text', '/no', '/dead'])('what is set stands once on %s, as the nearest layer says', async (path) => {
  const answer = await ask(path);
  expect(all(answer, 'X-Set')).toEqual(['site']);
  expect(all(answer, 'X-Removed')).toEqual([]);
  expect(all(answer, 'Server')).toEqual([]);
  expect(all(answer, 'Via')).toEqual([]);
});

test('a route is nearer than its site', async () => {
  const answer = await ask('/near');
  expect(all(answer, 'X-Set')).toEqual(['route']);
  expect(all(answer, 'Cache-Control')).toEqual(['no-store']);
});

test('a default gives way to the app, and stands where the app is silent', async () => {
  const answer = await ask('/');
  expect(all(answer, 'X-Default')).toEqual(['app']);
  expect(all(answer, 'X-Other')).toEqual(['policy']);
});

test('keep takes a preset back, add adds', async () => {
  const answer = await ask('/');
  expect(all(answer, 'X-Kept')).toEqual(['app']);
  expect(all(answer, 'X-Set-Twice')).toEqual(['one']);
});

test.each(['/', '/text', '/no', '/dead'])("Caddy's placeholders are text on %s", async (path) => {
  expect(all(await ask(path), 'X-Literal')).toEqual(['{env.HOME} {http.request.uri} \\{x} }']);
});

test('request headers are set, removed and filled in on the way to the app', async () => {
  const seen = async (headers: Record<string, string>) => (JSON.parse((await ask('/', headers)).body) as Seen).headers;
  const silent = Object.fromEntries(await seen({ 'Accept-Language': 'de', 'X-To-App': 'client' }));
  expect(silent).toMatchObject({ 'X-To-App': 'policy', 'X-Tenant': 'none' });
  expect(silent).not.toHaveProperty('Accept-Language');
  expect(Object.fromEntries(await seen({ 'X-Tenant': 'blue' }))).toMatchObject({ 'X-Tenant': 'blue' });
});
