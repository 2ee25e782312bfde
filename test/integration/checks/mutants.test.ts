import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Check } from '../../../src/checks/check.ts';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo } from '../../support/backend/echo.ts';
import { routes } from '../../support/backend/routes.ts';
import { ticking } from '../../support/backend/ticking.ts';
import { webSocketApp } from '../../support/backend/websocket.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { checked, type Checked, told } from '../../support/checking.ts';
import { until } from '../../support/until.ts';

const policyWith = (ca: string) => `
services:
  app: { at: "app:80", health: /health, streams: [/events], websocket: /ws, cookies: [session] }
  plain: { at: "plain:80" }
sites:
  app.example.com:
    use: secure
    max_body: 1MiB
    routes:
      /: app
      /plain: plain
      /internal: { deny: 404 }
      /old: { redirect: /new }
      /hello: { respond: hello }
      /near: { to: plain, allow_from: [10.9.8.7] }
      /basic: { to: plain, auth: { basic: { users: { ada: { env: HASH } } } } }
      /token: { to: plain, auth: { bearer: { env: TOKEN } } }
      /asked: { to: plain, auth: { forward: { to: app, path: /refuse } } }
      /shared: { to: plain, cors: "*" }
      /limited: { to: plain, rate_limit: { events: 5, window: 1m, optional: true } }
    checks:
      - { get: /health, status: 200, headers: { Content-Type: { contains: json } }, body: { contains: '"app":"app"' } }
      - { head: /health, status: 200 }
      - { post: /plain, status: 200 }
      - { upload: /plain/up, size: 100KiB, status: 200 }
      - { websocket: /ws }
      - { events: /events }
  locked.example.com: { to: plain, auth: { client_certificate: { ca: "${ca}" } }, http: "off" }
  quiet.example.com: { to: plain, protocols: [h1, h2], http: "off" }
`;
const PASSWORD = 'correct horse';

type Json = Record<string, unknown>;
type Handler = { handler: string } & Json;

/** Breaks a copy of the config. */
type Mutate = (config: Json) => void;

let app: Backend;
let plain: Backend;
let site: Checked;
let certificates: Certificates;

beforeAll(async () => {
  const refuse = (_request: unknown, response: { writeHead(status: number): { end(): void } }) =>
    response.writeHead(403).end();
  const table = { '/events': ticking(20, 12), '/refuse': refuse };
  app = await startBackend({ app: routes(table, echo('app', { Server: 'app' })), upgrade: webSocketApp().upgrade });
  plain = await startBackend({ app: echo('plain') });
  certificates = await makeCertificates(inject('caddyPath'), ['client']);
  site = await checked({
    caddyPath: inject('caddyPath'),
    policy: policyWith(certificates.ca),
    dials: { 'app:80': app.address, 'plain:80': plain.address },
    environment: { HASH: hashSync(PASSWORD, 4), TOKEN: 'right' },
    credentials: { CADDYCTL_CHECK_HASH: PASSWORD, CADDYCTL_CHECK_TOKEN: 'right' },
  });
});

afterAll(async () => {
  await site?.stop();
  await certificates?.remove();
  for (const backend of [app, plain]) await backend?.stop();
});

/** Every object in the config, outermost first. */
function objects(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objects);
  return Array.isArray(value) ? inner : [value as Json, ...inner];
}

function servers(config: Json): Record<string, Json> {
  return (config as { apps: { http: { servers: Record<string, Json> } } }).apps.http.servers;
}

function route(config: Json, id: string): { handle: Handler[] } & Json {
  const found = objects(config).find((each) => each['@id'] === `caddyctl.default.${id}`);
  if (!found) throw new Error(`no route ${id}`);
  return found as { handle: Handler[] } & Json;
}

/** Takes handlers out of a route. */
const without =
  (id: string, isGone: (handler: Handler) => boolean): Mutate =>
  (config) => {
    const found = route(config, id);
    const kept = found.handle.filter((handler) => !isGone(handler));
    if (kept.length === found.handle.length) throw new Error(`nothing to take out of ${id}`);
    found.handle = kept;
  };
const says = (text: string) => (handler: Handler) => JSON.stringify(handler).includes(text);

/** Puts a handler before all others of a route. */
const before =
  (id: string, handler: Handler): Mutate =>
  (config) =>
    void route(config, id).handle.unshift(handler);

const proxyOf = (config: Json, id: string): Handler => {
  const found = objects(route(config, id)).find((each) => each['handler'] === 'reverse_proxy');
  if (!found) throw new Error(`${id} has no proxy`);
  return found as Handler;
};

const swap =
  (from: string, to: string): Mutate =>
  (config) => {
    const text = JSON.stringify(config);
    if (!text.includes(from)) throw new Error(`no ${from} in the config`);
    Object.assign(config, JSON.parse(text.replaceAll(from, to)));
  };

const HTTPS = 'https.app.example.com';
const at = (path: string) => `${HTTPS}_${path}`;
const app1 = 'app.example.com';

const mutants: readonly [check: string, what: string, mutate: Mutate][] = [
  [`${app1} health app`, 'the app is dead', (config) => dead(config, app)],
  [`${app1} upstream plain`, 'the app is dead', (config) => dead(config, plain)],
  [
    `${app1} stream /events`,
    'the answer is held back',
    (config) => void (proxyOf(config, at(''))['response_buffers'] = -1),
  ],
  [
    `${app1} stream /events`,
    'it is compressed',
    before(at(''), { handler: 'encode', encodings: { gzip: {} }, minimum_length: 1 }),
  ],
  [
    `${app1} websocket /ws`,
    'the upgrade is lost',
    before(at(''), { handler: 'headers', request: { delete: ['Upgrade', 'Connection'] } }),
  ],
  [`${app1} websocket /ws`, 'the app is dead', (config) => dead(config, app)],
  [`${app1} access /near`, 'anyone may come', without(at('near'), says('remote_ip'))],
  [`${app1} auth /basic none`, 'nobody asks', without(at('basic'), says('http_basic'))],
  [`${app1} auth /token none`, 'nobody asks', without(at('token'), says('Www-Authenticate'))],
  [`${app1} auth /token none`, 'without a challenge', swap('"Www-Authenticate"', '"X-Lost"')],
  [`${app1} auth /asked none`, 'nobody is asked', without(at('asked'), says('handle_response'))],
  [`${app1} auth /basic wrong`, 'another password is right', swap('{env.HASH}', hashSync('caddyctl-check', 4))],
  [`${app1} auth /token wrong`, 'any token is right', swap('{env.TOKEN}', '{caddyctl.bearer}')],
  [`${app1} auth /basic right`, 'the hash is lost', swap('{env.HASH}', '{env.LOST}')],
  [`${app1} auth /token right`, 'the token is lost', swap('{env.TOKEN}', '{env.LOST}')],
  [
    'locked.example.com auth / none',
    'no certificate is asked for',
    (config) => {
      for (const each of objects(config)) delete each['client_authentication'];
    },
  ],
  [`${app1} limit /plain`, 'there is none', without(at('plain'), says('Content-Length'))],
  [
    `${app1} deny /internal`,
    'the route is lost',
    (config) => void (route(config, at('internal'))['match'] = [{ path: ['/lost'] }]),
  ],
  [
    `${app1} deny /internal`,
    'one spelling gets through',
    (config) => {
      route(config, at('internal'))['match'] = [{ host: [app1], path_regexp: { pattern: '^/internal(/|$)' } }];
    },
  ],
  [`${app1} cors /shared`, 'preflights go to the app', without(at('shared'), says('Access-Control-Request-Method'))],
  [`${app1} respond /hello`, 'another text', swap('"body":"hello"', '"body":"bye"')],
  [`${app1} redirect /old`, 'another place', swap('"Location":["/new"]', '"Location":["/newer"]')],
  [`${app1} redirect to https`, 'another port', swap('{http.request.host}:', '{http.request.host}:1')],
  [
    `${app1} headers /`,
    'one is lost',
    (config) => {
      for (const { set } of objects(route(config, at(''))) as { set?: Json }[]) delete set?.['X-Frame-Options'];
    },
  ],
  [
    `${app1} headers /`,
    'one stands twice',
    before(at(''), { handler: 'headers', response: { deferred: true, add: { 'X-Frame-Options': ['DENY'] } } }),
  ],
  [
    `${app1} headers /internal`,
    'one is lost on a refusal',
    (config) => {
      for (const { set } of objects(route(config, at('internal'))) as { set?: Json }[]) delete set?.['X-Frame-Options'];
    },
  ],
  [
    `${app1} server /`,
    'the app says its name',
    (config) => {
      for (const each of objects(route(config, at(''))))
        if (String(each['delete']).includes('Server')) delete each['delete'];
    },
  ],
  [`${app1} protocols h2`, 'only HTTP/1.1', protocolsOnly(['h1'])],
  [`${app1} protocols h3`, 'not offered', protocolsOnly(['h1', 'h2'])],
  [
    'quiet.example.com protocols h3',
    'offered',
    (config) => {
      for (const each of objects(config)) if (String(each['delete']).includes('Alt-Svc')) delete each['delete'];
    },
  ],
  [
    'unknown_host https',
    'an empty 200',
    (config) => {
      without('https._unknown-host', says('static_response'))(config);
      // Which Caddy turns on where clients need certificates, and which is a 421 as well.
      https(config)['strict_sni_host'] = false;
    },
  ],
  ['unknown_host http', 'an empty 200', without('http._unknown-host', says('static_response'))],
  [
    `${app1} certificate`,
    'it is that of another site',
    (config) => {
      servers(config)['caddyctl-default-https'] = {
        ...https(config),
        tls_connection_policies: [{ fallback_sni: 'quiet.example.com' }],
        automatic_https: { disable_redirects: true, skip_certificates: [app1] },
      };
      for (const each of objects(config))
        if (Array.isArray(each['subjects'])) each['subjects'] = each['subjects'].filter((name) => name !== app1);
    },
  ],
  [
    `${app1} chain`,
    'another CA',
    (config) => {
      const { apps } = config as { apps: { pki: Json } };
      apps.pki = { certificate_authorities: { other: { install_trust: false } } };
      for (const each of objects(config)) if (each['module'] === 'internal') each['ca'] = 'other';
    },
  ],
  [`${app1} written GET /health`, 'another app', swapDial],
  [`${app1} written HEAD /health`, 'the app is dead', (config) => dead(config, app)],
  [`${app1} written POST /plain`, 'the app is dead', (config) => dead(config, plain)],
  [`${app1} written upload /plain/up`, 'the limit is lowered', swap('"max_size":1048576', '"max_size":1000')],
  [`${app1} written websocket /ws`, 'another app', swapDial],
  [`${app1} written events /events`, 'another app', swapDial],
];

function https(config: Json): Json {
  const found = Object.entries(servers(config)).find(([name]) => name.endsWith('https'));
  if (!found) throw new Error('there is no server for https');
  return found[1];
}

function protocolsOnly(protocols: readonly string[]): Mutate {
  return (config) => void (https(config)['protocols'] = protocols);
}

function dead(config: Json, backend: Backend): void {
  for (const each of objects(config)) if (each['dial'] === backend.address) each['dial'] = '127.0.0.1:1';
}

function swapDial(config: Json): void {
  for (const each of objects(config)) if (each['dial'] === app.address) each['dial'] = plain.address;
}

async function load(config: unknown): Promise<void> {
  const { apps } = config as { apps: unknown };
  const answer = await site.caddy.admin('POST', '/config/apps', JSON.stringify(apps), {
    'Content-Type': 'application/json',
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer));
}

/** The listeners have ports of their own here. */
function find(id: string): Check {
  const [, port] = /^unknown_host (https?)$/.exec(id) ?? [];
  const found = site.checks.filter((check) =>
    port === undefined
      ? check.id === id
      : check.name === 'unknown_host' && 'to' in check.probe && check.probe.to.tls === (port === 'https'),
  );
  if (found.length !== 1) throw new Error(`${found.length} checks are ${id}`);
  return found[0] as Check;
}

test('all hold of what the policies make, and what cannot be asked is told', async () => {
  const results = await site.run();
  expect(told(results.filter(({ outcome }) => outcome === 'failed'))).toEqual([]);
  const skipped = results.filter(({ outcome }) => outcome === 'skipped').map(({ check }) => check.id);
  expect(skipped.filter((id) => !id.startsWith('locked.'))).toEqual([
    `${app1} cookies session`,
    `${app1} auth /asked right`,
    `${app1} limit /asked`,
    `${app1} limit /near`,
    `${app1} rate_limit /limited`,
  ]);
});

test('every kind of check that can fail is made to', () => {
  const canFail = site.checks.filter(({ probe }) => probe.kind !== 'none');
  const made = mutants.map(([id]) => find(id));
  expect(new Set(made.map(({ name }) => name))).toEqual(new Set(canFail.map(({ name }) => name)));
  expect(new Set(made.map(({ probe }) => probe.kind))).toEqual(new Set(canFail.map(({ probe }) => probe.kind)));
});

describe('a check fails where what it is for is broken', () => {
  test.each(mutants)('%s: %s', async (id, _what, mutate) => {
    const check = find(id);
    const config = structuredClone(site.config) as Json;
    mutate(config);
    expect(config).not.toEqual(site.config);
    await load(config);
    try {
      const [result] = await site.run([check]);
      expect(result).toMatchObject({
        outcome: 'failed',
        expected: expect.stringMatching(/./),
        got: expect.stringMatching(/./),
      });
      expect(JSON.stringify({ ...result, check: undefined })).not.toContain(PASSWORD);
    } finally {
      await load(site.config);
    }
    const again = await until(async () => {
      const [result] = await site.run([check]);
      return result?.outcome === 'passed' ? result : undefined;
    });
    expect(again.outcome).toBe('passed');
  });
});
