import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { linesOf, startBackend, type Backend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { routes } from '../../support/backend/routes.ts';
import { webSocketApp } from '../../support/backend/websocket.ts';
import { all, type Answer } from '../../support/client/answer.ts';
import type { Endpoint } from '../../support/client/endpoint.ts';
import { http1 } from '../../support/client/http1.ts';
import { http2 } from '../../support/client/http2.ts';
import { freePort } from '../../support/client/ports.ts';
import { raw } from '../../support/client/raw.ts';
import { webSocket } from '../../support/client/websocket.ts';
import { deploy, translate, type Deployment } from '../../support/deployment.ts';
import { changeConfig } from './reloads.ts';

const KODA = 'koda.example.com';
const TUNNEL = '127.0.0.1:8480';
const NO_STORE = 'no-store, no-cache, must-revalidate';
const STRICT_CSP = "default-src 'none'; script-src 'nonce-r4nd0m'; style-src 'self'; form-action 'self'";
const SESSION = 'koda_operator_session=abc; Path=/; Secure; HttpOnly; SameSite=Strict';
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** What the dashboard and the control plane send of themselves. */
const ownHeaders = {
  'Content-Security-Policy': STRICT_CSP,
  'Set-Cookie': [SESSION, 'theme=dark; Path=/'],
  Server: 'Koda/1.0',
  'X-Powered-By': 'Next.js',
};

let dashboard: Backend;
let plane: Backend;
let koda: Deployment;
let tunnelPort: number;
const sockets = webSocketApp(40);

beforeAll(async () => {
  const page = (cache: string | string[]) => echo('dashboard', { ...ownHeaders, 'Cache-Control': cache });
  const table = {
    '/login': page(['private, no-cache', 'max-age=60']),
    '/login/*': page('s-maxage=60'),
    '/setup': echo('dashboard', ownHeaders),
    '/_next/*': page(IMMUTABLE),
    '/bare': echo('dashboard'),
  };
  dashboard = await startBackend({ app: routes(table, page('private')), upgrade: sockets.upgrade });
  plane = await startBackend({ app: echo('control-plane', ownHeaders), upgrade: sockets.upgrade });
  tunnelPort = await freePort();
  koda = await deploy({
    caddyPath: inject('caddyPath'),
    policy: 'koda.yaml',
    dials: { '127.0.0.1:3000': dashboard.address, '127.0.0.1:8090': plane.address },
    listens: { [TUNNEL]: `127.0.0.1:${tunnelPort}` },
  });
});

afterAll(async () => {
  await koda?.stop();
  for (const backend of [dashboard, plane]) await backend?.stop();
});

const seen = (answer: Answer) => JSON.parse(answer.body) as Seen;
const valuesSeen = (answer: Answer, name: string) =>
  seen(answer)
    .headers.filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);

const routesOfKoda: [string, string][] = [
  ['/', 'dashboard'],
  ['/login', 'dashboard'],
  ['/setup', 'dashboard'],
  ['/forgot-password', 'dashboard'],
  ['/control-plane', 'dashboard'],
  ['/control-plane/agents/7', 'dashboard'],
  ['/_next/static/chunks/main.js', 'dashboard'],
  ['/a/deep/link?tab=2', 'dashboard'],
  ['/api/control-plane', 'control-plane'],
  ['/api/control-plane/', 'control-plane'],
  ['/api/control-plane/health', 'control-plane'],
  ['/api/control-plane/agents?x=%20', 'control-plane'],
  ['/api/runtime', 'control-plane'],
  ['/api/runtime/sessions/1', 'control-plane'],
  ['/openapi/control-plane.json', 'control-plane'],
  ['/api', 'dashboard'],
  ['/api/private', 'dashboard'],
  ['/api/control-planes', 'dashboard'],
  ['/api/runtimes', 'dashboard'],
  ['/openapi', 'dashboard'],
  ['/openapi/', 'dashboard'],
  ['/openapi/runtime.json', 'dashboard'],
  ['/openapi/control-plane.json/x', 'dashboard'],
  ['/openapi/control-plane.jsonx', 'dashboard'],
  ['/metrics', 'dashboard'],
  ['/docs', 'dashboard'],
  ['/health', 'dashboard'],
];

/** Paths that look like the control plane's and lead out of it, in an app that resolves dots or decodes. */
const waysOut = [
  '/api/runtime/../private',
  '/api/runtime/../../metrics',
  '/api/runtime/%2e%2e/%2E%2E/metrics',
  '/api/runtime/..%2f..%2fmetrics',
  '/api/control-plane/x/../../../docs',
  '/api/control-plane//..//../metrics',
  '/openapi/control-plane.json/../runtime.json',
  '/openapi/%2e/runtime.json',
];

function publishes(site: () => Endpoint, asks: readonly (typeof http1)[]): void {
  test.each(routesOfKoda)('%s is answered by the %s', async (path, name) => {
    for (const ask of asks) {
      const answer = await ask(site(), { path });
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ app: name, url: path });
    }
  });

  test.each(waysOut)('%s does not reach the control plane', async (path) => {
    const before = plane.contacts.length;
    for (const ask of asks) await ask(site(), { path });
    expect(plane.contacts).toHaveLength(before);
  });
}

describe('the dashboard owns everything but what the control plane owns', () => {
  publishes(() => koda.https(KODA), [http1, http2]);

  test('the checks of the guide: HEAD of the dashboard and of the health payload', async () => {
    expect((await http1(koda.https(KODA), { method: 'HEAD' })).status).toBe(200);
    expect((await http1(koda.https(KODA), { method: 'HEAD', path: '/api/control-plane/health' })).status).toBe(200);
  });
});

describe('pages of the sign-in are never stored', () => {
  test.each([
    '/login',
    '/login/',
    '/login/mfa',
    '/login?next=/',
    '/setup',
    '/setup/2',
    '/forgot-password',
    '/forgot-password/x',
  ])('%s has one Cache-Control', async (path) => {
    for (const ask of [http1, http2]) {
      const answer = await ask(koda.https(KODA), { path });
      expect(all(answer, 'Cache-Control')).toEqual([NO_STORE]);
    }
  });

  test('nor is their error when the dashboard is down', async () => {
    await dashboard.stop();
    try {
      const answer = await http1(koda.https(KODA), { path: '/login' });
      expect(answer.status).toBe(502);
      expect(all(answer, 'Cache-Control')).toEqual([NO_STORE]);
    } finally {
      await dashboard.start();
    }
  });

  test('other pages keep what the app says', async () => {
    const cacheOf = async (path: string) => all(await http1(koda.https(KODA), { path }), 'Cache-Control');
    expect(await cacheOf('/_next/static/a.js')).toEqual([IMMUTABLE]);
    expect(await cacheOf('/loginx')).toEqual(['private']);
    expect(await cacheOf('/x/login')).toEqual(['private']);
    expect(await cacheOf('/bare')).toEqual([]);
  });
});

describe("the app's own answers pass", () => {
  test.each(['/', '/login', '/setup', '/forgot-password', '/api/control-plane/health'])(
    '%s: its strict Content-Security-Policy and its cookies, untouched',
    async (path) => {
      for (const ask of [http1, http2]) {
        const answer = await ask(koda.https(KODA), { path });
        expect(all(answer, 'Content-Security-Policy')).toEqual([STRICT_CSP]);
        expect(all(answer, 'Set-Cookie')).toEqual([SESSION, 'theme=dark; Path=/']);
      }
    },
  );

  test('no Content-Security-Policy is made up where the app has none', async () => {
    expect(all(await http1(koda.https(KODA), { path: '/bare' }), 'Content-Security-Policy')).toEqual([]);
  });

  test("the browser's cookie reaches both apps", async () => {
    for (const path of ['/', '/api/runtime/x']) {
      const headers = { Cookie: 'koda_operator_session=abc; theme=dark' };
      const answer = await http1(koda.https(KODA), { path, headers });
      expect(valuesSeen(answer, 'Cookie')).toEqual(['koda_operator_session=abc; theme=dark']);
    }
  });
});

describe('security headers', () => {
  const expectSecure = (answer: Answer) => {
    expect(all(answer, 'Strict-Transport-Security')).toEqual([expect.stringMatching(/^max-age=\d{8}/)]);
    expect(all(answer, 'X-Content-Type-Options')).toEqual(['nosniff']);
    expect(all(answer, 'X-Frame-Options')).toEqual([expect.stringMatching(/^(DENY|SAMEORIGIN)$/)]);
    expect(all(answer, 'Referrer-Policy')).toHaveLength(1);
  };
  const expectNameless = (answer: Answer) => {
    expect(all(answer, 'Server')).toEqual([]);
    expect(all(answer, 'Via')).toEqual([]);
  };

  test('are there by default, once, and no Server is anywhere', async () => {
    for (const path of ['/', '/login', '/bare', '/api/control-plane/health', '/openapi/control-plane.json']) {
      for (const ask of [http1, http2]) {
        const answer = await ask(koda.https(KODA), { path });
        expectSecure(answer);
        expectNameless(answer);
      }
    }
  });

  test('also when the apps are down', async () => {
    for (const backend of [dashboard, plane]) await backend.stop();
    try {
      for (const path of ['/', '/login', '/api/runtime']) {
        const answer = await http1(koda.https(KODA), { path });
        expect(answer.status).toBe(502);
        expectSecure(answer);
        expectNameless(answer);
      }
    } finally {
      for (const backend of [dashboard, plane]) await backend.start();
    }
  });

  test('no Server on the redirect and for unknown names', async () => {
    expectNameless(await http1(koda.http(KODA)));
    expectNameless(await http1(koda.http('other.example.com')));
    expectNameless(await http1(koda.https(KODA), { headers: { Host: 'other.example.com' } }));
    for (const broken of [
      ['GET / HTTP/1.1'],
      ['NOT HTTP'],
      ['GET / HTTP/1.1', `Host: ${KODA}`, 'X: a', 'Content-Length: x'],
    ]) {
      expectNameless(await raw(koda.https(KODA), broken));
      expectNameless(await raw(koda.http(KODA), broken));
    }
  });
});

test('http goes to https', async () => {
  const answer = await http1(koda.http(KODA), { path: '/login?next=%2F' });
  expect([301, 308]).toContain(answer.status);
  const location = all(answer, 'Location').join().replace(`:${koda.httpsPort}`, '');
  expect(location).toBe(`https://${KODA}/login?next=%2F`);
});

test('the client address that rate limits count by cannot be forged', async () => {
  const forged = {
    'X-Forwarded-For': ['198.51.100.66', '198.51.100.67'],
    'X-Forwarded-Proto': 'http',
    'X-Real-IP': '198.51.100.66',
  };
  for (const path of ['/', '/api/runtime/x']) {
    for (const ask of [http1, http2]) {
      const answer = await ask(koda.https(KODA, '127.0.0.4'), { path, headers: forged });
      expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual(['127.0.0.4']);
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['127.0.0.4']);
      expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
    }
  }
});

test("the dashboard's WebSockets beat on and survive ten reloads", async () => {
  const client = await webSocket(koda.https(KODA), '/_next/stream', { Cookie: 'koda_operator_session=abc' });
  const app = await sockets.connected();
  expect(app.request.headers.cookie).toBe('koda_operator_session=abc');
  for (let round = 1; round <= 10; round++) {
    await changeConfig(koda.caddy, round);
    client.send(`round ${round}`);
    expect(await client.nextMessage()).toBe(`round ${round}`);
    app.send(`answer ${round}`);
    expect(await client.nextMessage()).toBe(`answer ${round}`);
    await Promise.all([client.nextPing(), app.nextPong()]);
  }
  client.close();
  await app.closed;
});

describe('private access, by a tunnel that ends TLS', () => {
  const tunnel = (from?: string) => koda.http(KODA, from, tunnelPort);
  const told = { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Proto': 'https' };

  publishes(tunnel, [http1]);

  test('it listens on loopback alone', async () => {
    const { apps } = await translate('koda.yaml', []);
    const { servers } = (apps as { http: { servers: Record<string, { listen: string[] }> } }).http;
    const listens = Object.values(servers).flatMap(({ listen }) => listen);
    expect(listens).toContain(TUNNEL);
    expect(listens.filter((listen) => listen.endsWith(':8480'))).toEqual([TUNNEL]);
  });

  test("the tunnel's client address and scheme are believed", async () => {
    for (const path of ['/login', '/api/control-plane/x']) {
      const answer = await http1(tunnel(), { path, headers: told });
      expect(answer.status).toBe(200);
      expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['198.51.100.7']);
      expect(valuesSeen(answer, 'X-Forwarded-For')).toEqual(['198.51.100.7, 127.0.0.1']);
      expect(valuesSeen(answer, 'X-Forwarded-Proto')).toEqual(['https']);
      expect(valuesSeen(answer, 'X-Forwarded-Host')).toEqual([KODA]);
    }
  });

  test('what a client told the tunnel is not taken for the client', async () => {
    const headers = { ...told, 'X-Forwarded-For': '203.0.113.66, 198.51.100.7' };
    const answer = await http1(tunnel(), { headers });
    expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['198.51.100.7']);
  });

  test('the same headers and the same WebSockets', async () => {
    const answer = await http1(tunnel(), { path: '/login', headers: told });
    expect(all(answer, 'Cache-Control')).toEqual([NO_STORE]);
    expect(all(answer, 'Content-Security-Policy')).toEqual([STRICT_CSP]);
    expect(all(answer, 'Set-Cookie')[0]).toBe(SESSION);
    expect(all(answer, 'Server')).toEqual([]);
    const client = await webSocket(tunnel(), '/_next/stream', told);
    const app = await sockets.connected();
    client.send('hello');
    expect(await client.nextMessage()).toBe('hello');
    client.leave();
    await app.closed;
    expect(linesOf(dashboard.contacts.at(-1), 'X-Real-IP')).toEqual(['198.51.100.7']);
  });

  test('who comes by https is not believed for the tunnel being so', async () => {
    const answer = await http1(koda.https(KODA), { headers: told });
    expect(valuesSeen(answer, 'X-Real-IP')).toEqual(['127.0.0.1']);
    expect([301, 308]).toContain((await http1(koda.http(KODA), { headers: told })).status);
  });
});
