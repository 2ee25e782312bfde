import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { linesOf, startBackend, type Backend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { routes } from '../../support/backend/routes.ts';
import { serverSentEvent, streaming } from '../../support/backend/stream.ts';
import { all, type Answer } from '../../support/client/answer.ts';
import { http1 } from '../../support/client/http1.ts';
import { http2 } from '../../support/client/http2.ts';
import { speaksQuic } from '../../support/client/quic.ts';
import { raw } from '../../support/client/raw.ts';
import { spellings } from '../../support/client/spellings.ts';
import { read1, read2 } from '../../support/client/stream.ts';
import { upload } from '../../support/client/upload.ts';
import { deploy, translate, type Deployment } from '../../support/deployment.ts';

const MIB = 2 ** 20;
const HUB = 'hub.example.com';
const PIKA = 'pika.example.com';
const VERA = 'vera.example.com';
const HOSTS = [HUB, PIKA, VERA];

const common = {
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains; preload',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};
const promised: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [HUB]: {
    ...common,
    'Content-Security-Policy':
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'",
  },
  [PIKA]: {
    ...common,
    'Content-Security-Policy':
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'",
  },
  [VERA]: {
    ...common,
    'X-Frame-Options': 'SAMEORIGIN',
    'Content-Security-Policy':
      "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' https://vera.example.com",
  },
};

/** What an app may send of its own: other values, twice, in another case, and its name. */
const ownHeaders: Record<string, string | string[]> = {
  'strict-transport-security': 'max-age=1',
  'x-content-type-options': ['nosniff', 'sniff'],
  'X-FRAME-OPTIONS': ['ALLOWALL', 'SAMEORIGIN'],
  'Referrer-Policy': 'unsafe-url',
  'Permissions-Policy': ['camera=*', 'microphone=*'],
  'Content-Security-Policy': ['default-src *', "default-src 'none'"],
  Server: 'uvicorn',
  Via: '1.1 app',
};

const events = streaming('text/event-stream', { 'X-Frame-Options': 'ALLOWALL', Server: 'uvicorn' });

const app = (name: string, stream: string) =>
  startBackend({
    app: routes(
      {
        [stream]: events.app,
        '/error': (_request, response) => void response.writeHead(500, ownHeaders).end('failed'),
        '/plain': echo(name),
      },
      echo(name, ownHeaders),
    ),
  });

let hub: Backend;
let pika: Backend;
let web: Backend;
let api: Backend;
let dials: Record<string, string>;
let aidoo: Deployment;

beforeAll(async () => {
  hub = await app('hub', '/api/models/pull/stream');
  pika = await app('pika', '/api/v1/query/stream');
  web = await app('vera-frontend', '/never');
  api = await app('vera-backend', '/documents/42/status/stream');
  dials = {
    'hub:8000': hub.address,
    'pika:8000': pika.address,
    'vera-frontend:3000': web.address,
    'vera-backend:8000': api.address,
  };
  aidoo = await deploy({ caddyPath: inject('caddyPath'), policy: 'aidoo.yaml', dials });
});

afterAll(async () => {
  await aidoo?.stop();
  for (const backend of [hub, pika, web, api]) await backend?.stop();
});

const get = (host: string, path: string, headers?: Record<string, string | string[]>) =>
  http1(aidoo.https(host), { path, ...(headers && { headers }) });
const seen = (answer: Answer) => JSON.parse(answer.body) as Seen;
const valuesSeen = (answer: Answer, name: string) =>
  seen(answer)
    .headers.filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);

function expectPromisedHeaders(answer: Answer, host: string): void {
  for (const [name, value] of Object.entries(promised[host] ?? {})) expect(all(answer, name), name).toEqual([value]);
  expect(all(answer, 'Server')).toEqual([]);
  expect(all(answer, 'Via')).toEqual([]);
}

describe('each path reaches its app', () => {
  test.each([
    [HUB, '/', 'hub'],
    [HUB, '/api/models', 'hub'],
    [HUB, '/health', 'hub'],
    [HUB, '/internal', 'hub'],
    [PIKA, '/', 'pika'],
    [PIKA, '/api/v1/health', 'pika'],
    [PIKA, '/health', 'pika'],
    [VERA, '/', 'vera-frontend'],
    [VERA, '/_next/static/app.js', 'vera-frontend'],
    [VERA, '/api', 'vera-backend'],
    [VERA, '/api/', 'vera-backend'],
    [VERA, '/api/documents?page=2', 'vera-backend'],
    [VERA, '/api/a%20b', 'vera-backend'],
    [VERA, '/apix', 'vera-frontend'],
    [VERA, '/api-docs', 'vera-frontend'],
    [VERA, '/x/api', 'vera-frontend'],
    [VERA, '/health', 'vera-backend'],
    [VERA, '/healthz', 'vera-frontend'],
    [VERA, '/health/x', 'vera-frontend'],
    [VERA, '/documents/42', 'vera-frontend'],
    [VERA, '/documents/42/status', 'vera-frontend'],
    [VERA, '/documents/4/2/status/stream', 'vera-frontend'],
    [VERA, '/documents/42/status/streams', 'vera-frontend'],
    [VERA, '/internals', 'vera-frontend'],
    [VERA, '/x/internal', 'vera-frontend'],
  ])('%s%s is answered by %s, the path kept', async (host, path, name) => {
    for (const ask of [http1, http2]) {
      const answer = await ask(aidoo.https(host), { path });
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ app: name, url: path });
      expect(valuesSeen(answer, 'Host')).toEqual([host]);
    }
  });

  test("VERA's documented stream is answered by its backend", async () => {
    const reading = await read1(aidoo.https(VERA), { path: '/documents/42/status/stream' });
    const stream = await events.opened();
    stream.end();
    expect(api.contacts.at(-1)?.url).toBe('/documents/42/status/stream');
    expect(reading.status).toBe(200);
    await reading.rest();
  });

  test('a name that no site has is a 421, over https and http', async () => {
    const stranger = { ...aidoo.https(HUB), port: aidoo.httpsPort };
    const answer = await http1(stranger, { headers: { Host: 'other.example.com' } });
    expect(answer.status).toBe(421);
    expect(all(answer, 'Server')).toEqual([]);
    expect((await http1(aidoo.http('other.example.com'))).status).toBe(421);
  });
});

describe("VERA's /internal is a 404 that no app hears of", () => {
  test.each(spellings('/internal'))('%s', async (path) => {
    const before = [web.contacts.length, api.contacts.length];
    for (const ask of [http1, http2]) {
      const answer = await ask(aidoo.https(VERA), { path });
      expect(answer.status).toBe(404);
      expectPromisedHeaders(answer, VERA);
    }
    expect([web.contacts.length, api.contacts.length]).toEqual(before);
  });

  test('as an absolute request target, and from below another route', async () => {
    const lines = (target: string) => [`GET ${target} HTTP/1.1`, `Host: ${VERA}`];
    for (const target of [`https://${VERA}/internal/x`, `http://${VERA}//internal`, '/api/../internal/x']) {
      expect((await raw(aidoo.https(VERA), lines(target))).status).toBe(404);
    }
  });
});

describe('the headers stand exactly once, whatever the app sends', () => {
  describe.each(HOSTS)('%s', (host) => {
    test.each(['/', '/plain', '/error', '/api'])('on an answer of the app: %s', async (path) => {
      for (const ask of [http1, http2]) expectPromisedHeaders(await ask(aidoo.https(host), { path }), host);
    });

    test('on a HEAD request', async () => {
      expectPromisedHeaders(await http1(aidoo.https(host), { method: 'HEAD' }), host);
    });

    test('on a 502 when the app is down', async () => {
      const backends = [hub, pika, web, api];
      for (const backend of backends) await backend.stop();
      try {
        for (const path of ['/', '/api', '/health']) {
          for (const ask of [http1, http2]) {
            const answer = await ask(aidoo.https(host), { path });
            expect(answer.status).toBe(502);
            expectPromisedHeaders(answer, host);
          }
        }
      } finally {
        for (const backend of backends) await backend.start();
      }
    });

    test('on the redirect to https', async () => {
      const answer = await http1(aidoo.http(host), { path: '/x?y=z' });
      expect([301, 308]).toContain(answer.status);
      expectPromisedHeaders(answer, host);
    });
  });

  test.each([
    [PIKA, 100 * MIB],
    [VERA, 25 * MIB],
  ])('on the 413 of %s', async (host, limit) => {
    for (const version of [1, 2] as const) {
      const { answer } = await upload(aidoo.https(host), { path: '/api/up', size: limit + 1, length: true, version });
      expect(answer.status).toBe(413);
      expectPromisedHeaders(answer, host);
    }
  });
});

describe('server-sent events', () => {
  describe.each([
    [HUB, '/api/models/pull/stream'],
    [PIKA, '/api/v1/query/stream'],
    [VERA, '/documents/42/status/stream'],
  ])('%s%s', (host, path) => {
    test.each([
      ['HTTP/1.1', read1],
      ['HTTP/2', read2],
    ])('come one by one over %s, never compressed', async (_version, read) => {
      const reading = await read(aidoo.https(host), { path, headers: { 'Accept-Encoding': 'gzip, zstd, br' } });
      const stream = await events.opened();
      expect(reading.status).toBe(200);
      expect(all(reading, 'Content-Type')).toEqual(['text/event-stream']);
      expect(all(reading, 'Content-Encoding')).toEqual([]);
      expectPromisedHeaders({ ...reading, body: '' }, host);
      // The app says the next event only when the client has the one before: buffering would stop both for ever.
      for (const [number, size] of [0, 600, 10, 20_000, 1].entries()) {
        const event = serverSentEvent(number, size);
        stream.send(event);
        expect(await reading.until('\n\n')).toBe(event);
      }
      stream.end();
      expect(await reading.rest()).toBe('');
    });

    test.each([
      ['HTTP/1.1', read1],
      ['HTTP/2', read2],
    ])('a client that leaves over %s is noticed by the app', async (_version, read) => {
      const reading = await read(aidoo.https(host), { path });
      const stream = await events.opened();
      stream.send(serverSentEvent(1));
      await reading.until('\n\n');
      reading.leave();
      await stream.clientLeft;
    });
  });
});

describe('uploads', () => {
  describe.each([
    [PIKA, '/api/v1/documents', 100 * MIB, () => pika],
    [VERA, '/api/documents', 25 * MIB, () => api],
  ])('%s', (host, path, limit, backend) => {
    const ways = [
      { version: 1, length: true },
      { version: 1, length: false },
      { version: 2, length: true },
      { version: 2, length: false },
    ] as const;

    test.each(ways)('of the limit itself reach the app whole: HTTP/$version, length $length', async (way) => {
      const { answer, sha256 } = await upload(aidoo.https(host), { path, size: limit, ...way });
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ length: limit, sha256 });
    });

    test.each(ways)('of one byte more are a 413: HTTP/$version, length $length', async (way) => {
      const before = backend().contacts.length;
      const { answer } = await upload(aidoo.https(host), { path, size: limit + 1, ...way });
      expect(answer.status).toBe(413);
      const contacts = backend().contacts.slice(before);
      for (const contact of contacts) expect(contact).toMatchObject({ whole: false });
      if (way.length) expect(contacts).toEqual([]);
    });

    test.each(ways)('of three times the limit are a 413: HTTP/$version, length $length', async (way) => {
      const before = backend().contacts.length;
      const { answer } = await upload(aidoo.https(host), { path, size: limit * 3, ...way });
      expect(answer.status).toBe(413);
      for (const contact of backend().contacts.slice(before)) {
        expect(contact.whole).toBe(false);
        expect(contact.received).toBeLessThanOrEqual(limit);
      }
    });

    test('a client that asks first is refused before it sends anything', async () => {
      const before = backend().contacts.length;
      const answer = await raw(aidoo.https(host), [
        `POST ${path} HTTP/1.1`,
        `Host: ${host}`,
        `Content-Length: ${limit + 1}`,
        'Expect: 100-continue',
      ]);
      expect(answer.status).toBe(413);
      expect(backend().contacts).toHaveLength(before);
    });
  });
});

describe('what the app is told of the client', () => {
  const forged = {
    'X-Forwarded-For': ['198.51.100.66', '198.51.100.67'],
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Host': 'evil.example.net',
    'X-Real-IP': '198.51.100.66',
  };

  test.each(HOSTS)('%s: forged headers do not get through', async (host) => {
    for (const ask of [http1, http2]) {
      for (const headers of [{}, forged]) {
        const answer = await ask(aidoo.https(host, '127.0.0.3'), { path: '/api/x', headers });
        expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual(['127.0.0.3']);
        expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
        expect(valuesSeen(answer, 'X-Forwarded-Host')).toEqual([host]);
        expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['127.0.0.3']);
      }
    }
  });

  test('plain http that says it came over https is still redirected', async () => {
    const before = hub.contacts.length;
    const answer = await http1(aidoo.http(HUB), { headers: { 'X-Forwarded-Proto': 'https' } });
    expect([301, 308]).toContain(answer.status);
    expect(hub.contacts).toHaveLength(before);
  });

  describe('behind a load balancer that ends TLS', () => {
    const BALANCER = '127.0.0.2';
    let behind: Deployment;

    beforeAll(async () => {
      const settings = { AIDOO_LOAD_BALANCER: BALANCER };
      behind = await deploy({ caddyPath: inject('caddyPath'), policy: 'aidoo.yaml', dials, settings });
    });

    afterAll(() => behind?.stop());

    const told = { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Proto': 'https' };

    test.each(HOSTS)('%s is served on plain http to it, and knows scheme and client', async (host) => {
      const answer = await http1(behind.http(host, BALANCER), { path: '/api/x', headers: told });
      expect(answer.status).toBe(200);
      expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['198.51.100.7']);
      expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual(['198.51.100.7, 127.0.0.2']);
      expectPromisedHeaders(answer, host);
    });

    test('over https it is believed, too', async () => {
      const answer = await http1(behind.https(VERA, BALANCER), { path: '/api/x', headers: told });
      expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['198.51.100.7']);
    });

    test('what a client told the balancer is not taken for the client', async () => {
      const headers = { ...told, 'X-Forwarded-For': '203.0.113.66, 198.51.100.7' };
      const answer = await http1(behind.http(HUB, BALANCER), { path: '/x', headers });
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['198.51.100.7']);
    });

    test('what came to it over plain http is redirected', async () => {
      const headers = { ...told, 'X-Forwarded-Proto': 'http' };
      const answer = await http1(behind.http(HUB, BALANCER), { path: '/x', headers });
      expect([301, 308]).toContain(answer.status);
    });

    test('nobody else is believed', async () => {
      const plain = await http1(behind.http(HUB), { path: '/x', headers: told });
      expect([301, 308]).toContain(plain.status);
      const answer = await http1(behind.https(HUB, '127.0.0.3'), { path: '/x', headers: { ...told, ...forged } });
      expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual(['127.0.0.3']);
      expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['127.0.0.3']);
    });
  });
});

describe('http, https and certificates', () => {
  test.each(HOSTS)('http://%s goes to https, path and query kept', async (host) => {
    for (const method of ['GET', 'POST']) {
      const answer = await http1(aidoo.http(host), { method, path: '/a%20b/c?d=e&f' });
      expect([301, 308]).toContain(answer.status);
      const [location = '', ...more] = all(answer, 'Location');
      expect(more).toEqual([]);
      expect(location.replace(`:${aidoo.httpsPort}`, '')).toBe(`https://${host}/a%20b/c?d=e&f`);
    }
  });

  test('HTTP/1.1, 2 and 3 are offered', async () => {
    for (const host of HOSTS) {
      const answer = await http2(aidoo.https(host));
      expect(answer.status).toBe(200);
      expect(all(answer, 'Alt-Svc').join()).toContain(`h3=":${aidoo.httpsPort}"`);
      expect((await get(host, '/')).status).toBe(200);
    }
    expect(await speaksQuic(aidoo.httpsPort)).toBe(true);
  });

  test('the certificates are asked for under the e-mail address of the guide', async () => {
    const { apps } = await translate('aidoo.yaml', []);
    const { policies } = (apps as { tls: { automation: { policies: Policy[] } } }).tls.automation;
    const acme = policies.flatMap(({ issuers }) => issuers).filter(({ module }) => module === 'acme');
    expect(acme.length).toBeGreaterThan(0);
    for (const issuer of acme) expect(issuer.email).toBe('admin@example.com');
  });
});

interface Policy {
  readonly issuers: readonly { readonly module: string; readonly email?: string }[];
}

test("cookies and the app's other headers pass", async () => {
  const answer = await get(HUB, '/x', { Cookie: 'a=1; b=2', 'X-Csrf': 'token' });
  expect(valuesSeen(answer, 'Cookie')).toEqual(['a=1; b=2']);
  expect(linesOf(hub.contacts.at(-1), 'X-Csrf')).toEqual(['token']);
});
