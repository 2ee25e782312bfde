import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startBackend, type Backend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { ollama } from '../../support/backend/ollama.ts';
import { routes } from '../../support/backend/routes.ts';
import { serverSentEvent, streaming } from '../../support/backend/stream.ts';
import { all, type Answer } from '../../support/client/answer.ts';
import type { Ask } from '../../support/client/endpoint.ts';
import { http1 } from '../../support/client/http1.ts';
import { http2 } from '../../support/client/http2.ts';
import { raw } from '../../support/client/raw.ts';
import { spellings } from '../../support/client/spellings.ts';
import { read1, read2 } from '../../support/client/stream.ts';
import { webSocket } from '../../support/client/websocket.ts';
import { upload } from '../../support/client/upload.ts';
import { deploy, translate, type Deployment } from '../../support/deployment.ts';

const MIB = 2 ** 20;
const PUBLIC = 'ollama.example.com';
const LAN = 'ollama.internal.lan';
const TOKEN = '5b1f2c9e8d7a40316f0e9d8c7b6a5948';
const PASSWORD = 'correct horse battery staple';
const HASH = hashSync(PASSWORD, 6);
const MANAGEMENT = ['/api/pull', '/api/push', '/api/create', '/api/copy', '/api/delete', '/api/blobs'];

const bearer = { Authorization: `Bearer ${TOKEN}` };
const basicOf = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const basic = { Authorization: basicOf('username', PASSWORD) };

const lines = streaming('application/x-ndjson');
const events = streaming('text/event-stream');

let backend: Backend;
let deployment: Deployment;

const deployOllama = (environment: Record<string, string>, settings: Record<string, string> = {}) =>
  deploy({
    caddyPath: inject('caddyPath'),
    policy: 'ollama.yaml',
    dials: { 'localhost:11434': backend.address },
    settings,
    environment,
  });

beforeAll(async () => {
  const api = routes({ '/api/generate': lines.app, '/v1/chat/completions': events.app }, echo('ollama'));
  backend = await startBackend({ app: ollama(api) });
  deployment = await deployOllama({ OLLAMA_TOKEN: TOKEN, OLLAMA_HASH: HASH });
});

afterAll(async () => {
  await deployment?.stop();
  await backend?.stop();
});

const seen = (answer: Answer) => JSON.parse(answer.body) as Seen;
const namesSeen = (answer: Answer) => seen(answer).headers.map(([name]) => name.toLowerCase());

async function expectRefused(host: string, ask: Ask, challenge: RegExp, on = deployment): Promise<void> {
  const before = backend.contacts.length;
  for (const request of [http1, http2]) {
    const answer = await request(on.https(host), ask);
    expect(answer.status).toBe(401);
    expect(all(answer, 'WWW-Authenticate')).toEqual([expect.stringMatching(challenge)]);
  }
  expect(backend.contacts).toHaveLength(before);
}

describe('ollama.example.com asks for the bearer token', () => {
  const challenge = /^Bearer( |$)/;

  test.each(['/', '/api/tags', '/api/generate', '/v1/models', '/api/pull', '/x/../y', '//'])(
    'on every path: %s',
    async (path) => {
      await expectRefused(PUBLIC, { path }, challenge);
      await expectRefused(PUBLIC, { method: 'POST', path, body: '{}' }, challenge);
    },
  );

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'ODD'])(
    'of every method: %s',
    async (method) => {
      await expectRefused(PUBLIC, { method, path: '/api/tags' }, challenge);
    },
  );

  test('of a WebSocket', async () => {
    await expect(webSocket(deployment.https(PUBLIC), '/')).rejects.toThrow(/401/);
  });

  test.each([bearer.Authorization, `bearer ${TOKEN}`, `BEARER ${TOKEN}`])('and takes it: %s', async (authorization) => {
    for (const ask of [http1, http2]) {
      const answer = await ask(deployment.https(PUBLIC), {
        path: '/api/tags',
        headers: { Authorization: authorization },
      });
      expect(answer.status).toBe(200);
      expect(seen(answer).url).toBe('/api/tags');
    }
  });

  const wrong: [string, string | string[]][] = [
    ['empty', ''],
    ['the scheme alone', 'Bearer'],
    ['an empty token', 'Bearer '],
    ['another token', `Bearer ${TOKEN.replace('5', '6')}`],
    ['a prefix of the token', `Bearer ${TOKEN.slice(0, -1)}`],
    ['the token and more', `Bearer ${TOKEN}0`],
    ['the end of the token', `Bearer ${TOKEN.slice(1)}`],
    ['the token in capitals', `Bearer ${TOKEN.toUpperCase()}`],
    ['a wildcard', 'Bearer *'],
    ['a prefix and a wildcard', `Bearer ${TOKEN.slice(0, 5)}*`],
    ['a wildcard before and after', '*Bearer*'],
    ['the token without a scheme', TOKEN],
    ['another scheme', `Basic ${TOKEN}`],
    ['another scheme that ends like it', `XBearer ${TOKEN}`],
    ['basic auth with the token', basicOf('username', TOKEN)],
    ['basic auth with the token as user', basicOf(TOKEN, '')],
    ['two tokens in one line', `Bearer ${TOKEN}, Bearer wrong`],
    ["the placeholder's own text", 'Bearer {env.OLLAMA_TOKEN}'],
    ['a placeholder of the request', 'Bearer {http.request.header.Authorization}'],
    ['a pattern', 'Bearer .*'],
    ['a second line before it', ['Bearer wrong', bearer.Authorization]],
    ['a second line after it', [bearer.Authorization, 'Bearer wrong']],
    ['an empty second line before it', ['', bearer.Authorization]],
    ['an empty second line after it', [bearer.Authorization, '']],
    ['the token twice', [bearer.Authorization, bearer.Authorization]],
  ];
  test.each(wrong)('and refuses %s', async (_what, authorization) => {
    await expectRefused(PUBLIC, { path: '/api/tags', headers: { Authorization: authorization } }, challenge);
  });

  test('and refuses the token in a query or another header', async () => {
    await expectRefused(PUBLIC, { path: `/api/tags?token=${TOKEN}&access_token=${TOKEN}` }, challenge);
    await expectRefused(PUBLIC, { headers: { 'Proxy-Authorization': bearer.Authorization } }, challenge);
    await expectRefused(PUBLIC, { headers: { 'X-Authorization': bearer.Authorization } }, challenge);
  });

  test('a second line that only raw clients can send is refused, too', async () => {
    const head = ['GET /api/tags HTTP/1.1', `Host: ${PUBLIC}`];
    for (const second of ['authorization: Bearer wrong', 'AUTHORIZATION:', 'Authorization:\tBasic x']) {
      for (const both of [
        [second, `Authorization: Bearer ${TOKEN}`],
        [`Authorization: Bearer ${TOKEN}`, second],
      ]) {
        expect((await raw(deployment.https(PUBLIC), [...head, ...both])).status).toBe(401);
      }
    }
  });

  test('the whole API is there with it, model management too', async () => {
    for (const path of [...MANAGEMENT, '/api/chat', '/v1/models', '/']) {
      const answer = await http1(deployment.https(PUBLIC), { method: 'POST', path, headers: bearer, body: '{}' });
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ url: path, length: 2 });
    }
  });

  test('a token is compared as it stands, also one that looks like a pattern', async () => {
    const odd = await deployOllama({ OLLAMA_TOKEN: 'se*ret.[a-z]', OLLAMA_HASH: HASH });
    try {
      const ask = (token: string) => http1(odd.https(PUBLIC), { headers: { Authorization: `Bearer ${token}` } });
      expect((await ask('se*ret.[a-z]')).status).toBe(200);
      for (const near of ['secret.[a-z]', 'se*ret.a', 'se*ret.x', 'seret.[a-z]']) {
        expect((await ask(near)).status).toBe(401);
      }
    } finally {
      await odd.stop();
    }
  });
});

describe('ollama.internal.lan asks for user and password', () => {
  const challenge = /^Basic realm="/;

  test.each(['/', '/api/tags', '/v1/models'])('on every path: %s', async (path) => {
    await expectRefused(LAN, { path }, challenge);
  });

  test('and takes them, however often', async () => {
    for (const ask of [http1, http2, http1]) {
      const answer = await ask(deployment.https(LAN), { path: '/api/tags', headers: basic });
      expect(answer.status).toBe(200);
    }
  });

  test.each(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'ODD'])('of every method: %s', async (method) => {
    await expectRefused(LAN, { method, path: '/api/tags' }, challenge);
  });

  const wrong: [string, string | string[]][] = [
    ['empty', ''],
    ['the scheme alone', 'Basic'],
    ['a wrong password', basicOf('username', 'wrong')],
    ['a prefix of the password', basicOf('username', PASSWORD.slice(0, -1))],
    ['no password', basicOf('username', '')],
    ['another user', basicOf('someone', PASSWORD)],
    ['no user', basicOf('', PASSWORD)],
    ['the hash instead of the password', basicOf('username', HASH)],
    ["the placeholder's own text", basicOf('username', '{env.OLLAMA_HASH}')],
    ['no colon', `Basic ${Buffer.from('username').toString('base64')}`],
    ['no base64', 'Basic !!!'],
    ['the token of the other site', bearer.Authorization],
    ['a wrong line before the right one', [basicOf('username', 'wrong'), basic.Authorization]],
  ];
  test.each(wrong)('and refuses %s', async (_what, authorization) => {
    await expectRefused(LAN, { path: '/api/tags', headers: { Authorization: authorization } }, challenge);
  });

  test('the check is cached, since each costs a bcrypt', async () => {
    const config = JSON.stringify(await translate('ollama.yaml', []));
    expect(config).toContain('"hash_cache":{}');
    expect(config).toContain('"bcrypt"');
  });
});

describe('a secret that Caddy was not given', () => {
  test('the token: nobody comes in', async () => {
    const open = await deployOllama({ OLLAMA_HASH: HASH });
    try {
      for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer {env.OLLAMA_TOKEN}', bearer.Authorization]) {
        await expectRefused(PUBLIC, { headers: { Authorization: authorization } }, /^Bearer/, open);
      }
      await expectRefused(PUBLIC, {}, /^Bearer/, open);
    } finally {
      await open.stop();
    }
  });

  test('the token is empty: nobody comes in', async () => {
    const open = await deployOllama({ OLLAMA_TOKEN: '', OLLAMA_HASH: HASH });
    try {
      await expectRefused(PUBLIC, {}, /^Bearer/, open);
      await expectRefused(PUBLIC, { headers: { Authorization: 'Bearer ' } }, /^Bearer/, open);
      await expectRefused(PUBLIC, { headers: { Authorization: 'Bearer' } }, /^Bearer/, open);
    } finally {
      await open.stop();
    }
  });

  test('the hash: nobody comes in, and the other site is served', async () => {
    const open = await deployOllama({ OLLAMA_TOKEN: TOKEN });
    try {
      await expectRefused(LAN, {}, /^Basic/, open);
      for (const password of ['', '$', PASSWORD, '{env.OLLAMA_HASH}', '{env.OLLAMA_HASH}$']) {
        await expectRefused(LAN, { headers: { Authorization: basicOf('username', password) } }, /^Basic/, open);
      }
      expect((await http1(open.https(PUBLIC), { headers: bearer })).status).toBe(200);
    } finally {
      await open.stop();
    }
  });
});

describe('secrets stay where they are', () => {
  test('the credential is not passed on to Ollama', async () => {
    for (const ask of [http1, http2]) {
      const byToken = await ask(deployment.https(PUBLIC), { path: '/api/tags', headers: bearer });
      expect(namesSeen(byToken)).not.toContain('authorization');
      const byPassword = await ask(deployment.https(LAN), { path: '/api/tags', headers: basic });
      expect(namesSeen(byPassword)).not.toContain('authorization');
    }
  });

  test("none is in Caddy's config, in what it saved, or in its logs", async () => {
    await http1(deployment.https(PUBLIC), { headers: bearer });
    await http1(deployment.https(PUBLIC), { headers: { Authorization: 'Bearer almost-the-token' } });
    await http1(deployment.https(LAN), { headers: basic });
    await backend.stop();
    try {
      expect((await http1(deployment.https(PUBLIC), { headers: bearer })).status).toBe(502);
    } finally {
      await backend.start();
    }
    const config = await deployment.caddy.admin('GET', '/config/');
    const autosaved = await readFile(join(deployment.caddy.folder, 'config/caddy/autosave.json'), 'utf8');
    const everything = [config.text, autosaved, deployment.caddy.logs()];
    for (const text of everything) {
      expect(text).toContain(PUBLIC);
      for (const secret of [TOKEN, 'almost-the-token', HASH, PASSWORD, basic.Authorization.slice(6)]) {
        expect(text).not.toContain(secret);
      }
    }
  });
});

test.each([
  [PUBLIC, bearer],
  [LAN, basic],
])('%s: Ollama sees its own Host and no Origin, and answers', async (host, credential) => {
  const headers = { ...credential, Origin: 'https://app.example.com' };
  for (const ask of [http1, http2]) {
    const answer = await ask(deployment.https(host), { path: '/api/tags', headers });
    expect(answer.status).toBe(200);
    expect(seen(answer).headers).toContainEqual(['Host', backend.address]);
  }
});

describe('CORS', () => {
  const preflight = {
    Origin: 'https://app.example.com',
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization, content-type',
  };

  test.each([PUBLIC])('%s: a preflight is answered without a credential, and Ollama is not asked', async (host) => {
    const before = backend.contacts.length;
    for (const ask of [http1, http2]) {
      const answer = await ask(deployment.https(host), { method: 'OPTIONS', path: '/api/chat', headers: preflight });
      expect(answer.status).toBe(204);
      expect(all(answer, 'Access-Control-Allow-Origin')).toHaveLength(1);
      expect(all(answer, 'Access-Control-Allow-Methods').join()).toMatch(/POST|\*/);
      expect(all(answer, 'Access-Control-Allow-Headers').join().toLowerCase()).toContain('authorization');
      expect(all(answer, 'Access-Control-Allow-Headers').join().toLowerCase()).toContain('content-type');
    }
    expect(backend.contacts).toHaveLength(before);
  });

  test.each([PUBLIC])('%s: an answer may be read by the page, a 401 as well', async (host) => {
    const origin = { Origin: preflight.Origin };
    const answer = await http1(deployment.https(host), { path: '/api/tags', headers: { ...bearer, ...origin } });
    expect(answer.status).toBe(200);
    expect(all(answer, 'Access-Control-Allow-Origin')).toHaveLength(1);
    const refused = await http1(deployment.https(host), { path: '/api/tags', headers: origin });
    expect(refused.status).toBe(401);
    expect(all(refused, 'Access-Control-Allow-Origin')).toHaveLength(1);
  });

  test('an OPTIONS that is no preflight needs the credential', async () => {
    await expectRefused(PUBLIC, { method: 'OPTIONS', path: '/api/chat' }, /^Bearer/);
  });
});

describe('only private addresses reach ollama.internal.lan', () => {
  const FRIEND = '127.0.0.2';
  let narrow: Deployment;

  beforeAll(async () => {
    narrow = await deployOllama({ OLLAMA_TOKEN: TOKEN, OLLAMA_HASH: HASH }, { OLLAMA_LAN: FRIEND });
  });

  afterAll(() => narrow?.stop());

  test('by default those of RFC 1918 and its like', async () => {
    const config = JSON.stringify(await translate('ollama.yaml', []));
    for (const range of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']) expect(config).toContain(range);
  });

  test('an address that is allowed comes in, with its password', async () => {
    const answer = await http1(narrow.https(LAN, FRIEND), { path: '/api/tags', headers: basic });
    expect(answer.status).toBe(200);
    expect((await http1(narrow.https(LAN, FRIEND), { path: '/api/tags' })).status).toBe(401);
  });

  test('any other gets a 403, with the right password and whatever it says of itself', async () => {
    const before = backend.contacts.length;
    const claims = [
      {},
      { 'X-Forwarded-For': FRIEND },
      { 'X-Forwarded-For': [FRIEND, FRIEND] },
      { 'X-Real-IP': FRIEND },
      { Forwarded: `for=${FRIEND}` },
      { 'CF-Connecting-IP': FRIEND, 'True-Client-IP': FRIEND, 'X-Client-IP': FRIEND },
    ];
    for (const claim of claims) {
      for (const ask of [http1, http2]) {
        const answer = await ask(narrow.https(LAN, '127.0.0.3'), {
          path: '/api/tags',
          headers: { ...basic, ...claim },
        });
        expect(answer.status).toBe(403);
      }
    }
    expect(backend.contacts).toHaveLength(before);
  });

  test('the public site is not narrowed by it', async () => {
    const answer = await http1(narrow.https(PUBLIC, '127.0.0.3'), { path: '/api/tags', headers: bearer });
    expect(answer.status).toBe(200);
  });
});

describe('inference clients of ollama.internal.lan cannot manage models', () => {
  describe.each(MANAGEMENT)('%s', (prefix) => {
    test.each(spellings(prefix))('%s is a 403', async (path) => {
      const before = backend.contacts.length;
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect((await http1(deployment.https(LAN), { method, path, headers: basic })).status).toBe(403);
      }
      expect((await http2(deployment.https(LAN), { path, headers: basic })).status).toBe(403);
      expect(backend.contacts).toHaveLength(before);
    });
  });

  test('what is only named alike is not denied', async () => {
    for (const path of ['/api/pulled', '/api/tags', '/api/chat', '/api/show', '/v1/models', '/api/ps']) {
      expect((await http1(deployment.https(LAN), { path, headers: basic })).status).toBe(200);
    }
  });
});

describe('answers stream', () => {
  describe.each([
    [PUBLIC, bearer],
    [LAN, basic],
  ])('%s', (host, credential) => {
    const headers = { ...credential, 'Accept-Encoding': 'gzip, zstd', 'Content-Type': 'application/json' };

    test.each([
      ['HTTP/1.1', read1],
      ['HTTP/2', read2],
    ])('token by token over %s', async (_version, read) => {
      for (const [path, streams] of [
        ['/api/generate', lines],
        ['/v1/chat/completions', events],
      ] as const) {
        const reading = await read(deployment.https(host), { method: 'POST', path, headers, body: '{"model":"m"}' });
        const stream = await streams.opened();
        expect(reading.status).toBe(200);
        expect(all(reading, 'Content-Encoding')).toEqual([]);
        for (const [number, size] of [0, 600, 10, 20_000].entries()) {
          const part = serverSentEvent(number, size);
          stream.send(part);
          expect(await reading.until('\n\n')).toBe(part);
        }
        stream.end();
        expect(await reading.rest()).toBe('');
      }
    });

    test.each([
      ['HTTP/1.1', read1],
      ['HTTP/2', read2],
    ])('an inference that its client abandons over %s is cancelled', async (_version, read) => {
      const ask = { method: 'POST', path: '/api/generate', headers, body: '{"model":"m"}' };
      const reading = await read(deployment.https(host), ask);
      const stream = await lines.opened();
      stream.send('{"response":"a"}\n');
      await reading.until('\n');
      reading.leave();
      await stream.clientLeft;
    });
  });
});

describe('bodies', () => {
  const limited = 100_000_000;

  test('ollama.example.com has no limit', async () => {
    for (const version of [1, 2] as const) {
      const size = limited + MIB;
      const ask = { path: '/api/chat', size, length: true, version, headers: bearer };
      const { answer, sha256 } = await upload(deployment.https(PUBLIC), ask);
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ length: size, sha256 });
    }
  });

  test.each([
    { version: 1, length: true },
    { version: 1, length: false },
    { version: 2, length: true },
    { version: 2, length: false },
  ] as const)('ollama.internal.lan asks for 100 MB: HTTP/$version, length $length', async (way) => {
    const ask = { path: '/api/chat', headers: basic, ...way };
    const fits = await upload(deployment.https(LAN), { ...ask, size: limited });
    expect(fits.answer.status).toBe(200);
    expect(seen(fits.answer)).toMatchObject({ length: limited, sha256: fits.sha256 });
    const over = await upload(deployment.https(LAN), { ...ask, size: limited + 1 });
    expect(over.answer.status).toBe(413);
  });
});

describe('never plain http', () => {
  test.each([
    [PUBLIC, bearer],
    [LAN, basic],
  ])('http://%s goes to https, whatever comes with it', async (host, headers) => {
    const before = backend.contacts.length;
    for (const ask of [{ path: '/api/tags' }, { path: '/api/tags', headers }]) {
      const answer = await http1(deployment.http(host), ask);
      expect([301, 308]).toContain(answer.status);
      expect(all(answer, 'Location').join().replace(`:${deployment.httpsPort}`, '')).toBe(`https://${host}/api/tags`);
    }
    const claimed = { ...headers, 'X-Forwarded-Proto': 'https' };
    expect([301, 308]).toContain((await http1(deployment.http(host), { headers: claimed })).status);
    expect(backend.contacts).toHaveLength(before);
  });

  test("the LAN name's certificate is by Caddy's own CA, the public one's by ACME", async () => {
    const { apps } = await translate('ollama.yaml', []);
    const { policies } = (apps as { tls: { automation: { policies: Policy[] } } }).tls.automation;
    const issuersOf = (host: string) =>
      (policies.find(({ subjects }) => subjects?.includes(host)) ?? policies.find(({ subjects }) => !subjects))
        ?.issuers;
    expect(issuersOf(LAN)?.map(({ module }) => module)).toEqual(['internal']);
    expect(issuersOf(PUBLIC)?.some(({ module }) => module === 'internal') ?? false).toBe(false);
  });
});

interface Policy {
  readonly subjects?: readonly string[];
  readonly issuers: readonly { readonly module: string }[];
}
