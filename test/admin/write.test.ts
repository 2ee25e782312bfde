import { afterEach, describe, expect, test } from 'vitest';
import type { Live, Scope } from '../../src/admin/port.ts';
import { adminFor, failureOf } from '../support/admin-client.ts';
import { type Asked, config, type FakeAdmin, type FakeAnswer, refusal, startFakeAdmin } from '../support/fake-admin.ts';

let fake: FakeAdmin;
afterEach(() => fake.stop());

const base: Live = { value: { http: { old: 1 } }, etag: '"/config/apps abc"' };

function writesAsked(): Asked[] {
  return fake.asked.filter(({ line }) => !line.startsWith('GET') && line !== 'POST /adapt');
}

test('a write carries the text as given, the etag, and no header that Caddy takes for a browser', async () => {
  fake = await startFakeAdmin(() => ({}));
  await adminFor(fake.address).write('apps', '{"http":{"x":1}}', base);
  const [write] = writesAsked();
  expect(write).toMatchObject({ line: 'POST /config/apps', body: '{"http":{"x":1}}' });
  expect(write?.headers).toEqual({
    host: fake.address,
    'user-agent': 'caddyctl',
    'content-type': 'application/json',
    'content-length': '16',
    'if-match': base.etag,
    connection: 'close',
  });
});

test('by force it asks for a load in any case', async () => {
  fake = await startFakeAdmin(() => ({}));
  await adminFor(fake.address).write('logging', '{"logs":{}}', base, { force: true });
  expect(writesAsked()[0]).toMatchObject({
    line: 'POST /config/logging',
    headers: { 'cache-control': 'must-revalidate' },
  });
});

test('where Caddy has no config at all it is a PUT, with the etag of the whole', async () => {
  fake = await startFakeAdmin(({ line }) => {
    if (line === 'GET /config/apps') return refusal(400, 'invalid traversal path at: config/apps');
    if (line === 'GET /config/')
      return { ...config(null), headers: { 'content-type': 'application/json', etag: '"/config/ 123"' } };
    return {};
  });
  const admin = adminFor(fake.address);
  const none = await admin.read('apps');
  expect(none).toEqual({ value: null, etag: '"/config/ 123"' });
  await admin.write('apps', '{"http":{}}', none);
  expect(writesAsked()[0]).toMatchObject({ line: 'PUT /config/apps', headers: { 'if-match': '"/config/ 123"' } });
});

test.each([
  ['apps', '{}'],
  ['apps', '{ }'],
  ['apps', 'null'],
  ['apps', ''],
  ['apps', '[]'],
  ['logging', '{}'],
  ['admin', '{"listen":"localhost:2019"}'],
  ['', '{"apps":{"http":{}}}'],
])('%s %s is never sent', async (scope, body) => {
  fake = await startFakeAdmin(() => ({}));
  await expect(adminFor(fake.address).write(scope as Scope, body, base)).rejects.toThrow(/^bug: /);
  expect(fake.asked).toEqual([]);
});

test('a stale etag is a conflict, said after one write', async () => {
  fake = await startFakeAdmin(({ line }) =>
    line.startsWith('POST') ? refusal(412, 'If-Match header did not match') : {},
  );
  expect(await failureOf(adminFor(fake.address).write('apps', '{"http":{}}', base))).toEqual({ kind: 'conflict' });
  expect(writesAsked()).toHaveLength(1);
});

test('a body that did not arrive in time was not looked at', async () => {
  fake = await startFakeAdmin(() => refusal(400, 'reading request body: i/o timeout'));
  expect(await failureOf(adminFor(fake.address).write('apps', '{"http":{}}', base))).toMatchObject({
    kind: 'not-applied',
  });
  await fake.stop();
  fake = await startFakeAdmin(() => refusal(400, 'reading request body: http: request body too large'));
  expect(await failureOf(adminFor(fake.address).write('apps', '{"http":{}}', base))).toMatchObject({
    kind: 'rejected',
  });
});

describe('after a rejected load', () => {
  const rejection = 'loading new config: http app module: start: listening on :443: bind: address already in use';

  /** A Caddy whose newest known directive is that of `rung`, and that rejects every load but a forced one. */
  function caddyThatKnows(rung: string, forced: FakeAnswer = {}) {
    return startFakeAdmin(({ line, body, headers }) => {
      if (line === 'POST /adapt')
        return body.includes(rung)
          ? { headers: { 'content-type': 'application/json' }, body: '{}' }
          : refusal(400, 'unrecognized');
      if (line.startsWith('GET')) return config({ http: { good: 1 } });
      return headers['cache-control'] === undefined ? refusal(500, rejection) : forced;
    });
  }

  test.each(['intercept', 'health_method', 'request_body'])(
    'a Caddy up to 2.10, which knows %s, is made to load again what it shows',
    async (rung) => {
      fake = await caddyThatKnows(rung);
      const failure = await failureOf(adminFor(fake.address).write('apps', '{"http":{"bad":1}}', base));
      expect(failure).toEqual({ kind: 'rejected', reason: rejection, panicked: false, restoreProblem: undefined });
      expect(writesAsked().map(({ body, headers }) => [body, headers['cache-control']])).toEqual([
        ['{"http":{"bad":1}}', undefined],
        ['{"http":{"good":1}}', 'must-revalidate'],
      ]);
    },
  );

  test('a newer one is left alone, and its WebSockets with it', async () => {
    fake = await caddyThatKnows('keepalive_idle');
    await failureOf(adminFor(fake.address).write('apps', '{"http":{"bad":1}}', base));
    expect(writesAsked()).toHaveLength(1);
  });

  test('it is said if that fails, too', async () => {
    fake = await caddyThatKnows('intercept', refusal(500, 'loading new config: still in use'));
    const failure = await failureOf(adminFor(fake.address).write('apps', '{"http":{"bad":1}}', base));
    expect(failure).toMatchObject({ kind: 'rejected', restoreProblem: 'loading new config: still in use' });
  });
});
