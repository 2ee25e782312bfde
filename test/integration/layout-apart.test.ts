import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Backend, startBackend } from '../support/backend/backend.ts';
import { type BothLayouts, startBothLayouts } from '../support/layout/both-layouts.ts';
import { LOOPBACK } from '../support/layout/many-sites.ts';
import { until } from '../support/until.ts';

let apps: Record<'one' | 'two' | 'auth', Backend>;
let both: BothLayouts;
let held = 0;
let letGo: () => void = () => {};

beforeAll(async () => {
  const app = async (name: string) =>
    await startBackend({
      app: (request, response) => {
        const answer = (): void => void response.end(JSON.stringify({ name, host: request.headers.host }));
        if (request.url !== '/held') return answer();
        held++;
        const go = letGo;
        letGo = () => (go(), answer());
      },
    });
  const auth = await startBackend({
    app: (_request, response) => {
      response.setHeader('Host', 'fwd1.example.com');
      response.end();
    },
  });
  apps = { one: await app('one'), two: await app('two'), auth };
  both = await startBothLayouts(inject('caddyPath'));
});

afterAll(async () => {
  await Promise.all([both.stop(), ...Object.values(apps).map((each) => each.stop())]);
});

const here = { tls: 'off', listen: LOOPBACK };

/** Beside sites enough for a table of its own. */
function set(services: object, sites: object): string {
  const fill = Array.from({ length: 110 }, (_, at) => [`f${at}.example.net`, { ...here, to: apps.one.address }]);
  return JSON.stringify({ services, sites: { ...Object.fromEntries(fill), ...sites } });
}

/** Two sites that differ in one value. */
function pair(name: string, site: (at: number) => object): object {
  return Object.fromEntries([0, 1].map((at) => [`${name}${at}.example.com`, { ...here, ...site(at) }]));
}

const get = (host: string, path = '/') => [`GET ${path} HTTP/1.1`, `Host: ${host}`];

test('what changes the Host on the way, and what raw puts in, stays with its site', async () => {
  const to = (at: number): string => [apps.one, apps.two][at]?.address ?? '';
  const toHost = (host: string, at: number) => [
    { handler: 'headers', request: { set: { Host: [host] } } },
    { handler: 'reverse_proxy', upstreams: [{ dial: to(at) }] },
  ];
  const forward = { forward: { to: apps.auth.address, path: '/verify', copy_headers: ['host'] } };
  await both.load(
    set(
      {},
      {
        ...pair('fwd', (at) => ({ to: to(at), auth: forward })),
        ...pair('tenant', (at) => ({ to: to(0), headers: { 'X-Tenant': `t${at}` }, auth: forward })),
        ...pair('other', (at) => ({ raw: toHost('other1.example.com', at) })),
        ...pair('inner', (at) => ({ raw: toHost('inner.local', at) })),
        ...pair('json', (at) => ({ raw: [{ handler: 'static_response', body: `{"site":${at}}` }] })),
        ...pair('own', (at) => ({ raw: [{ handler: 'static_response', body: `{caddyctl.v0} ${at}` }] })),
        ...pair('named', (at) => ({
          headers: { 'X-Site': `x${at}` },
          routes: { '/': [{ when: { expression: '{caddyctl.v0} == "x1"' }, deny: 410 }, { respond: 'in' }] },
        })),
        ...pair('header', (at) => ({ raw: [{ handler: 'headers', response: { set: { 'X-J': [`{"a":${at}}`] } } }] })),
      },
    ),
  );
  for (const name of ['fwd', 'tenant', 'other', 'inner', 'json', 'own', 'header', 'named']) {
    for (const host of [`${name}0.example.com`, `${name}1.example.com`]) {
      expect(await both.ask('auto', get(host)), host).toEqual(await both.ask('plain', get(host)));
    }
  }
  expect(await both.ask('auto', get('json1.example.com'))).toMatchObject({ status: 200, body: '{"site":1}' });
  expect(await both.ask('auto', get('fwd1.example.com'))).toMatchObject({ status: 200 });
});

test('each site takes its own turns', async () => {
  const at = [apps.one.address, apps.two.address];
  await both.load(
    set(
      { turns: { at, balance: 'round_robin' } },
      pair('turn', () => ({ to: 'turns' })),
    ),
  );
  const seen: Record<'plain' | 'auto', string[]> = { plain: [], auto: [] };
  for (const layout of ['plain', 'auto'] as const) {
    for (let turn = 0; turn < 8; turn++) {
      seen[layout].push((await both.ask(layout, get(`turn${turn % 2}.example.com`))).body);
    }
    // Each site goes round the two apps.
    const ofFirst = seen[layout].filter((_, turn) => turn % 2 === 0).map((body) => body.slice(0, 13));
    expect(new Set(ofFirst).size, layout).toBe(2);
  }
});

test('where the fewest open requests decide, those of all sites count', async () => {
  const at = [apps.one.address, apps.two.address];
  const busySite = (nth: number) => ({ to: apps.one.address, request_headers: { 'X-S': `${nth}` } });
  const sites = { ...pair('few', () => ({ to: 'few' })), ...pair('busy', busySite) };
  await both.load(set({ few: { at, balance: 'least_conn' } }, sites));
  for (const layout of ['plain', 'auto'] as const) {
    held = 0;
    const busy = [0, 1].map((nth) => both.ask(layout, get(`busy${nth}.example.com`, '/held')));
    await until(() => (held === 2 ? true : undefined));
    for (let turn = 0; turn < 10; turn++) {
      expect((await both.ask(layout, get('few0.example.com'))).body, layout).toContain('"two"');
    }
    letGo();
    letGo = () => {};
    await Promise.all(busy);
  }
});
