import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { all } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { raw } from '../../support/client/raw.ts';
import { type Served, serve } from '../../support/serve.ts';

let served: Served;

beforeAll(async () => {
  served = await serve({
    caddyPath: inject('caddyPath'),
    policy: `
sites:
  "*.plain.test": { tls: off, respond: any }
  one.plain.test: { tls: off, respond: exact }
  "*.deep.plain.test": { tls: off, respond: deep }
  plain.test:
    tls: off
    routes:
      /: { respond: root }
      /a: { respond: a }
      /a/b: { respond: a-b }
      =/a/b: { respond: exactly a-b }
      /a/*/c: { respond: a-any-c }
      /files/[draft]: { respond: odd }
      /Mixed/Case: { respond: mixed }
      /x, /y: { respond: x or y }
      /group:
        routes:
          /one: { respond: group one }
          =/: { respond: group itself }
      /turn:
        - { when: { method: [PUT, DELETE] }, respond: changed }
        - { when: { header: { X-Beta: "yes" }, query: { v: "2" } }, respond: beta }
        - { when: { not: { header: { X-Old: true } } }, respond: new }
        - { respond: old }
      /narrow: { when: { query: { q: true }, not: [{ query: { q: stop } }, { method: POST }] }, respond: narrow }
      /re: { when: { regex: "^/re/[0-9]+$" }, respond: digits }
      /glob: { when: { path_glob: "*.php" }, respond: php }
      /cel: { when: { expression: "{http.request.uri.query} == 'yes'" }, respond: cel }
      /from: { when: { client_ip: 127.0.0.2 }, respond: second }
  empty.test: { tls: off, routes: { /: { when: { method: PURGE }, respond: purged } } }
`,
  });
});

afterAll(async () => {
  await served?.stop();
});

const get = async (path: string, headers: Record<string, string> = {}, method = 'GET', host = 'plain.test') =>
  (await http1(served.http(host), { path, headers, method })).body;

test.each([
  ['/', 'root'],
  ['/other', 'root'],
  ['/a', 'a'],
  ['/a/', 'a'],
  ['/ab', 'root'],
  ['/a/b', 'exactly a-b'],
  ['/a/b/', 'a-b'],
  ['/a/b/c', 'a-b'],
  ['/a/zzz/c/d', 'a-any-c'],
  ['/a/zzz/cc', 'a'],
  ['/files/[draft]/1', 'odd'],
  ['/files/d', 'root'],
  ['/mixed/CASE', 'mixed'],
  ['/y/1', 'x or y'],
  ['/group', 'group itself'],
  ['/group/one/1', 'group one'],
  ['/re/42', 'digits'],
  ['/re/x', 'root'],
  ['/glob/x.php', 'php'],
  ['/glob/x.html', 'root'],
  ['/cel?yes', 'cel'],
  ['/cel?no', 'root'],
  ['/narrow?q=1', 'narrow'],
  ['/narrow?q=stop', 'root'],
  ['/narrow', 'root'],
])('%s goes to "%s", whatever the order written', async (path, expected) => {
  expect(await get(path)).toBe(expected);
});

test.each(['//a/b', '/a//b', '/x/../a/b', '/%61/b', '/./a/b'])('%s is /a/b to a route', async (path) => {
  const answer = await raw(served.http('plain.test'), [`GET ${path} HTTP/1.1`, 'Host: plain.test']);
  expect(answer.body).toBe('exactly a-b');
});

test('what no route of a group takes is a 404, not the site around it', async () => {
  expect((await http1(served.http('plain.test'), { path: '/group/two' })).status).toBe(404);
});

test('a list under one path is tried in turn', async () => {
  expect(await get('/turn', {}, 'PUT')).toBe('changed');
  expect(await get('/turn?v=2', { 'X-Beta': 'yes' })).toBe('beta');
  expect(await get('/turn?v=2', { 'X-Beta': 'no' })).toBe('new');
  expect(await get('/turn', { 'X-Old': 'any' })).toBe('old');
});

test('a client is told by its address', async () => {
  expect((await http1(served.http('plain.test', '127.0.0.2'), { path: '/from' })).body).toBe('second');
  expect(await get('/from')).toBe('root');
});

test.each([
  ['one.plain.test', 'exact'],
  ['two.plain.test', 'any'],
  ['ONE.plain.test', 'exact'],
  ['x.deep.plain.test', 'deep'],
])('the host %s is "%s": exact beats wildcard', async (host, expected) => {
  expect(await get('/', {}, 'GET', host)).toBe(expected);
});

test('nothing is ever an empty 200: 404 without a route, 421 for an unknown host', async () => {
  expect((await http1(served.http('empty.test'))).status).toBe(404);
  const unknown = await http1(served.http('unknown.test'));
  expect(unknown.status).toBe(421);
  expect(all(unknown, 'Server')).toEqual([]);
});
