import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { all } from '../../support/client/answer.ts';
import { http1, open1 } from '../../support/client/http1.ts';
import { type Served, serve } from '../../support/serve.ts';

let folder: string;
let app: Backend;
let served: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'index.html'), '<p>start');
  await writeFile(join(folder, 'sub/page.txt'), 'a page');
  await writeFile(join(folder, '.env'), 'secret');
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, '.git/config'), 'secret');
  await mkdir(join(folder, '.well-known'));
  await writeFile(join(folder, '.well-known/security.txt'), 'public');
  app = await startBackend({ app: echo('app', { 'X-Pad': 'x'.repeat(2_000) }) });
  served = await serve({
    caddyPath: inject('caddyPath'),
    policy: `
sites:
  answers.test:
    tls: off
    errors:
      404: nothing at {http.request.uri}
      5xx: { body: "<h1>later</h1>", content_type: text/html, status: 503 }
      403: { redirect: https://login.test/ }
    routes:
      /: ${app.address}
      /text: { respond: { body: '{"a": {env.HOME}}', status: 203, content_type: application/json } }
      /empty: { respond: { status: 204 } }
      /old: { redirect: https://new.test/start }
      /moved: { redirect: { to: https://new.test/, status: 302, keep_path: true } }
      /none: { deny: 404 }
      /forbidden: { deny: true }
      /gone: { deny: 410 }
      /dead: 127.0.0.1:1
      /own: { to: 127.0.0.1:1, errors: { 502: own } }
      /strip: { to: "${app.address}", rewrite: { strip_prefix: /strip } }
      /both: { to: "${app.address}", rewrite: { strip_prefix: /both, add_prefix: "/v$1" } }
      /whole: { to: "${app.address}", rewrite: { path: /elsewhere } }
      /zip: { to: "${app.address}", compress: true }
      /raw: { raw: [ { handler: static_response, body: "{http.request.method}" } ] }
      /site: { files: "${folder}", rewrite: { strip_prefix: /site } }
      /spa: { files: { root: "${folder}", fallback: /index.html }, rewrite: { strip_prefix: /spa } }
`,
  });
});

afterAll(async () => {
  await served?.stop();
  await app?.stop();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers = {}) => http1(served.http('answers.test'), { path, headers });
const urlSeen = async (path: string) => (JSON.parse((await get(path)).body) as Seen).url;

test('a text is given as it is written, with its status and type', async () => {
  const answer = await get('/text');
  expect(answer).toMatchObject({ status: 203, body: '{"a": {env.HOME}}' });
  expect(all(answer, 'Content-Type')).toEqual(['application/json']);
  expect((await get('/empty')).status).toBe(204);
});

test.each([
  ['/old/x?y', 308, 'https://new.test/start'],
  ['/moved/x?y=1', 302, 'https://new.test/moved/x?y=1'],
])('%s is sent elsewhere', async (path, status, location) => {
  const answer = await get(path);
  expect(answer.status).toBe(status);
  expect(all(answer, 'Location')).toEqual([location]);
});

describe('error pages', () => {
  test('stand for what Caddy answers itself, by status, then by class, the nearest first', async () => {
    expect(await get('/none')).toMatchObject({ status: 404, body: 'nothing at {http.request.uri}' });
    expect(await get('/dead')).toMatchObject({ status: 503, body: '<h1>later</h1>' });
    expect(all(await get('/dead'), 'Content-Type')).toEqual(['text/html']);
    expect(await get('/own')).toMatchObject({ status: 502, body: 'own' });
    expect(all(await get('/forbidden'), 'Location')).toEqual(['https://login.test/']);
  });

  test('leave other errors as they are', async () => {
    expect(await get('/gone')).toMatchObject({ status: 410, body: '' });
  });
});

test.each([
  ['/strip', '/'],
  ['/strip/a/b?c', '/a/b?c'],
  ['/strip/a%2Fb', '/a%2Fb'],
  ['/both', '/v$1/'],
  ['/both/a%3Fb?c', '/v$1/a%3Fb?c'],
  ['/whole/x?y=1', '/elsewhere?y=1'],
])('%s is %s to the app', async (path, expected) => {
  expect(await urlSeen(path)).toBe(expected);
});

test('answers are compressed for who asks, and are the same inside', async () => {
  expect(all(await get('/zip'), 'Content-Encoding')).toEqual([]);
  const request = open1(served.http('answers.test'), {
    path: '/zip',
    headers: { 'Accept-Encoding': 'gzip', 'X-Pad': 'y'.repeat(2_000) },
  });
  request.end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(await buffer(answer)).toString()).toContain('"app":"app"');
});

test('raw handlers are passed on as they are', async () => {
  expect((await get('/raw')).body).toBe('GET');
});

describe('files', () => {
  test('are served below their root, and nothing above it', async () => {
    expect((await get('/site/sub/page.txt')).body).toBe('a page');
    expect((await get('/site/')).body).toBe('<p>start');
    expect((await get('/site/none')).status).toBe(404);
    expect((await get('/site/..%2f..%2f..%2f..%2fetc/passwd')).body).not.toContain('root:');
    expect((await get('/site/%2e%2e/%2e%2e/%2e%2e/etc/passwd')).body).not.toContain('root:');
  });

  test('whose names begin with a dot are not there, but for .well-known', async () => {
    for (const path of ['/site/.env', '/site/.git/config', '/spa/.git/config', '/site/.%67it/config']) {
      expect((await get(path)).body).not.toContain('secret');
    }
    expect((await get('/site/.well-known/security.txt')).body).toBe('public');
  });

  test('fall back to one page where there is none', async () => {
    expect((await get('/spa/sub/page.txt')).body).toBe('a page');
    expect((await get('/spa/deep/link')).body).toBe('<p>start');
  });
});
