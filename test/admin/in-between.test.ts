import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { adminFor, failureOf } from '../support/admin-client.ts';

// A proxy or a login page in front of the admin API: what a real Caddy cannot be made to answer.
const ADDRESS = 'caddy.internal:2019';
const admin = () => adminFor(ADDRESS);
const front = () => nock(`http://${ADDRESS}`);

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

test('a page to log in at is not followed, and not taken for a config', async () => {
  const elsewhere = nock('http://login.internal').get('/').reply(200, '{}', { etag: '"/config/apps x"' });
  front().get('/config/apps').reply(302, '', { location: 'http://login.internal/' });
  expect(await failureOf(admin().read('apps'))).toMatchObject({ kind: 'protocol' });
  expect(elsewhere.isDone()).toBe(false);
});

test.each([
  ['an HTML page', 200, '<!doctype html><title>Welcome</title>', { 'content-type': 'text/html' }],
  ['a config without an etag', 200, '{}', { 'content-type': 'application/json' }],
  ["a gateway's own error", 502, '<h1>Bad Gateway</h1>', { 'content-type': 'text/html' }],
])('%s is no answer of Caddy, and never an empty config', async (_, status, body, headers) => {
  front().get('/config/apps').times(3).reply(status, body, headers);
  expect(await failureOf(admin().read('apps'))).toMatchObject({ kind: 'protocol' });
});

test('a write that somebody else overtook is a conflict, and is sent once', async () => {
  front().get('/metrics').reply(404);
  let sent = 0;
  front()
    .post('/config/apps')
    .matchHeader('if-match', '"/config/apps base"')
    .times(2)
    .reply(() => {
      sent++;
      return [
        412,
        '{"error":"If-Match header did not match current config hash"}',
        { 'content-type': 'application/json' },
      ];
    });
  const base = { value: { http: {} }, etag: '"/config/apps base"' };
  expect(await failureOf(admin().write('apps', '{"http":{"servers":{}}}', base))).toEqual({ kind: 'conflict' });
  expect(sent).toBe(1);
});
