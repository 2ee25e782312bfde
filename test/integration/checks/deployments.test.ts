import { hashSync } from 'bcryptjs';
import { afterEach, expect, inject, test } from 'vitest';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo } from '../../support/backend/echo.ts';
import { ollama } from '../../support/backend/ollama.ts';
import { routes } from '../../support/backend/routes.ts';
import { ticking } from '../../support/backend/ticking.ts';
import { webSocketApp } from '../../support/backend/websocket.ts';
import { checked, type CheckedParts, told } from '../../support/checking.ts';
import { freePort } from '../../support/client/ports.ts';

/** What a guide tells its reader to verify, or to look at when something is wrong, and the derived checks that do it instead. */
type Guide = Readonly<Record<string, readonly string[] | { readonly not: string }>>;

const sockets = webSocketApp();
const started: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of started.splice(0).toReversed()) await each.stop();
});

async function app(name: string, streams: readonly string[] = []): Promise<Backend> {
  const table = Object.fromEntries(streams.map((path) => [path, ticking()]));
  const backend = await startBackend({ app: routes(table, echo(name)), upgrade: sockets.upgrade });
  started.push(backend);
  return backend;
}

/** All checks hold or say why they were not made, and those that stand for the guide's own steps were made. */
async function expectGuide(guide: Guide, parts: Omit<CheckedParts, 'caddyPath'>, skipped: readonly RegExp[]) {
  const site = await checked({ caddyPath: inject('caddyPath'), ...parts });
  started.push(site);
  const results = await site.run();
  const by = (outcome: string) => results.filter((result) => result.outcome === outcome);
  expect(told(by('failed'))).toEqual([]);
  const passed = new Set(by('passed').map(({ check }) => check.id));
  for (const [step, ids] of Object.entries(guide)) {
    if ('not' in ids) continue;
    for (const id of ids) expect(passed, step).toContain(id);
  }
  for (const line of told(by('skipped')))
    expect(
      skipped.filter((reason) => reason.test(line)),
      line,
    ).toHaveLength(1);
}

const appOnly = { not: 'only the app sees what it is told; the deployment’s own tests look at it there' };

test('ai.doo', async () => {
  const hub = await app('hub', ['/api/models/pull/stream']);
  const pika = await app('pika', ['/api/v1/query/stream']);
  const web = await app('web');
  const api = await app('api', ['/documents/*']);
  const hosts = ['hub.example.com', 'pika.example.com', 'vera.example.com'];
  const guide: Guide = {
    'DNS points here, ports 80 and 443 are open': { not: 'a matter of the network in front of this machine' },
    'HTTP→HTTPS redirect': hosts.map((host) => `${host} redirect to https`),
    'Caddy obtains certificates': hosts.map((host) => `${host} certificate`),
    'protocols h1 h2 h3': hosts.flatMap((host) => [`${host} protocols h2`, `${host} protocols h3`]),
    'health check endpoints': [`${hosts[0]} health hub`, `${hosts[1]} health pika`, `${hosts[2]} health vera-api`],
    'the frontend answers': [`${hosts[2]} upstream vera-web`],
    'security headers, app-specific CSP': hosts.map((host) => `${host} headers /`),
    'no Server': hosts.map((host) => `${host} server /`),
    'block internal endpoints': [`${hosts[2]} deny /internal`, `${hosts[2]} headers /internal`],
    "can't log in: X-Forwarded-Proto must reach the backend": appOnly,
    'SSE responses arrive all at once': [
      `${hosts[0]} stream /api/models/pull/stream`,
      `${hosts[1]} stream /api/v1/query/stream`,
      `${hosts[2]} stream /documents/*/status/stream`,
    ],
    '413 on uploads: the limit is smaller than the file': [`${hosts[1]} limit /`, `${hosts[2]} limit /api`],
    'VERA API calls fail with CORS errors: CORS_ORIGINS': { not: "a setting of VERA's own; the policy has no cors" },
    'never expose Ollama': { not: 'no request can show what is nowhere routed; `validate` refuses its port' },
  };
  const dials = {
    'hub:8000': hub.address,
    'pika:8000': pika.address,
    'vera-frontend:3000': web.address,
    'vera-backend:8000': api.address,
  };
  await expectGuide(guide, { policy: 'aidoo.yaml', dials }, []);
});

test('Ollama', async () => {
  const backend = await startBackend({ app: ollama(routes({ '/api/generate': ticking() }, echo('ollama'))) });
  started.push(backend);
  const [open, lan] = ['ollama.example.com', 'ollama.internal.lan'];
  const guide: Guide = {
    'TLS, automatic and internal': [`${open} certificate`, `${lan} certificate`, `${open} redirect to https`],
    "clients trust Caddy's root": [`${lan} chain`],
    'basic auth on every request': [`${lan} auth / none`, `${lan} auth / wrong`, `${lan} auth / right`],
    'bearer: the right token only': [`${open} auth / none`, `${open} auth / wrong`, `${open} auth / right`],
    'restrict who can run inference': [`${lan} deny /api/pull`, `${lan} deny /api/delete`],
    'Caddy fails to start (port conflict)': [`${open} certificate`],
    "Let's Encrypt challenges fail": {
      not: 'here every certificate is internal; in earnest it is the check "certificate"',
    },
    'Ollama refuses connections from Caddy': [`${open} health ollama`, `${lan} health ollama`],
    'large bodies: 413, max_size 100MB': [`${lan} limit /`],
    'responses stream': [`${open} stream /api/generate`],
    'preflights are answered': [`${open} cors /`],
    'rate limiting': { not: 'said as not checked: to see it would take all that is allowed' },
  };
  const parts = {
    policy: 'ollama.yaml',
    dials: { 'localhost:11434': backend.address },
    environment: { OLLAMA_TOKEN: 'good', OLLAMA_HASH: hashSync('secret', 4) },
    credentials: { CADDYCTL_CHECK_OLLAMA_TOKEN: 'good', CADDYCTL_CHECK_OLLAMA_HASH: 'secret' },
  };
  await expectGuide(guide, parts, [
    /stream \S+: skipped: GET \S+ is answered with application\/json/,
    /access \S+: skipped: this client \(127\.0\.0\.1\) may come in/,
    /rate_limit \S+: skipped: to see it would take all/,
  ]);
});

test('Koda', async () => {
  const [dashboard, plane] = [await app('dashboard'), await app('control-plane')];
  const koda = 'koda.example.com';
  const tunnel = 'at 127.0.0.1:8480';
  const guide: Guide = {
    'curl -I / → 200 OK, dashboard': [`${koda} upstream koda-dashboard`],
    'curl -I /api/control-plane/health → JSON health payload': [`${koda} health koda-control-plane`],
    'the session cookie shows Secure, HttpOnly, SameSite=Strict': { not: 'said as not checked: one must sign in' },
    'the auth pages send a strict CSP': { not: "the app's own header, which the policy leaves alone" },
    'auth pages are not cached': [
      `${koda} headers /login`,
      `${koda} headers /setup`,
      `${koda} headers /forgot-password`,
    ],
    'HTTPS everywhere': [`${koda} certificate`, `${koda} redirect to https`],
    'WebSocket upgrade for the dashboard': [`${koda} websocket /`, `${koda} websocket / ${tunnel}`],
    'X-Forwarded-Proto and X-Forwarded-For': appOnly,
    'hide server identity': [`${koda} server /`],
    'Tailscale and Cloudflare in front': [`${koda} health koda-control-plane ${tunnel}`, `${koda} headers / ${tunnel}`],
  };
  const parts = {
    policy: 'koda.yaml',
    dials: { '127.0.0.1:3000': dashboard.address, '127.0.0.1:8090': plane.address },
    listens: { '127.0.0.1:8480': `127.0.0.1:${await freePort()}` },
  };
  await expectGuide(guide, parts, [/cookies koda_operator_session.*: skipped: to see it one must sign in/]);
});

test('Pipelit', async () => {
  const backend = await app('pipelit');
  const pipelit = 'your-domain.com';
  const guide: Guide = {
    'websocat wss://your-domain.com/ws/?token=…': [`${pipelit} websocket /ws/?token=`],
    'redirects HTTP to HTTPS': [`${pipelit} redirect to https`],
    'obtains certificates': [`${pipelit} certificate`],
    '50 MB bodies': [`${pipelit} limit /`],
    'the backend answers': [`${pipelit} upstream pipelit`],
    'ping and pong every 30 seconds, a day long': {
      not: 'longer than checks may take; the deployment’s own tests wait',
    },
    'block 8000 and 6379 from outside': { not: 'a matter of the firewall; `never_expose` keeps policies from it' },
  };
  await expectGuide(guide, { policy: 'pipelit.yaml', dials: { 'localhost:8000': backend.address } }, []);
});

test('Sophon', async () => {
  const [dashboard, gateway] = [await app('dashboard'), await app('gateway', ['/hubs'])];
  const sophon = 'sophon.example.com';
  const guide: Guide = {
    'HTTPS, and the redirect': [`${sophon} certificate`, `${sophon} redirect to https`],
    'HTTP/2': [`${sophon} protocols h2`],
    'the dashboard': [`${sophon} upstream sophon-dashboard`],
    'the gateway': [`${sophon} upstream sophon-gateway`],
    'SignalR needs the upgrade': [`${sophon} websocket /hubs/`],
    'SignalR by server-sent events': [`${sophon} stream /hubs`],
    'X-Real-IP and forwarded headers': appOnly,
  };
  const dials = { 'localhost:8080': dashboard.address, 'localhost:8081': gateway.address };
  await expectGuide(guide, { policy: 'sophon.yaml', dials }, []);
});
