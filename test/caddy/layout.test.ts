import { describe, expect, test } from 'vitest';
import { canonical, type JsonValue } from '../../src/caddy/json.ts';
import { liftValues } from '../../src/caddy/layout/lift.ts';
import { SharedHandlers } from '../../src/caddy/layout/shared.ts';
import { unfold } from '../../src/caddy/layout/unfold.ts';
import { written } from '../../src/caddy/placeholders.ts';
import { compile } from '../../src/compile.ts';
import { changesBetween } from '../../src/plan/changes.ts';
import { describe as describeConfig } from '../../src/plan/describe.ts';
import { guard } from '../../src/plan/guards.ts';
import { at, entriesOf, type Live } from '../../src/plan/live.ts';
import { markOf } from '../../src/plan/marks.ts';
import { oursOf } from '../../src/plan/ours.ts';
import { goldenTarget } from '../support/golden.ts';
import { manySites } from '../support/layout/many-sites.ts';
import { randomFrom } from '../support/random.ts';

const apps = { addresses: ['127.0.0.1:8001', '127.0.0.1:8002', '127.0.0.2:8003'] };

function compiled(text: string, target: Partial<typeof goldenTarget>) {
  const made = compile([{ path: 'many.json', text }], { ...goldenTarget, ...target });
  if (made.config === undefined) throw new Error('the policies have a mistake');
  return { ...made, config: made.config, live: { apps: made.config.apps, logging: null } satisfies Live };
}

test.each([1, 2, 3, 4])('people are told of the same sites and routes, whatever the layout (%i)', (seed) => {
  const text = manySites(randomFrom(seed), apps, 300);
  const [plain, auto] = (['plain', 'auto'] as const).map((layout) => compiled(text, { layout }));
  expect([...(auto?.layouts?.values() ?? [])]).toMatchObject([{ layout: 'auto' }]);
  expect(toldOf(auto?.live)).toEqual(toldOf(plain?.live));
  expect(routesOf(auto?.live)).toEqual(routesOf(plain?.live));
});

test.each([1, 2, 3])('sites of several hosts that share their routes are read as these sites (%i)', (seed) => {
  const random = randomFrom(seed);
  const each = Array.from({ length: 120 }, (_, n) => {
    const hosts = ['a', 'b', 'c', 'd'].filter(() => random(2) === 0).map((name) => `${name}${(n * 7) % 120}`);
    const key = [...hosts, `m${n}`].map((name) => `${random(9) === 0 ? '*.' : ''}${name}.example.com`).join(', ');
    return [key, { tls: 'off', respond: `${random(3)}`, routes: { [`=/x${random(2)}`]: { deny: 404 } } }];
  });
  const text = JSON.stringify({ sites: Object.fromEntries(each) });
  const [plain, auto] = (['plain', 'auto'] as const).map((layout) => compiled(text, { layout }));
  expect(auto?.layouts?.get('http')?.layout).toBe('auto');
  expect(routesOf(auto?.live)).toEqual(routesOf(plain?.live));
});

test('another site in a family, and another layout, change nothing of those that are there', () => {
  const pair = (n: number) => [`a${n}.example.com, b${n}.example.com`, { tls: 'off', to: `127.0.0.1:${n}` }] as const;
  const sites = (count: number) => ({
    sites: Object.fromEntries(Array.from({ length: count }, (_, n) => pair(n + 1))),
  });
  const described = (count: number, layout: 'plain' | 'auto') =>
    describeConfig(oursOf(compiled(JSON.stringify(sites(count)), { layout }).live, 'default'));
  const [before, after] = [described(110, 'auto'), described(111, 'auto')];
  const added = changesBetween(before, after, () => undefined);
  expect(added).toMatchObject([{ sign: 'add', hosts: ['a111.example.com', 'b111.example.com'] }]);
  expect(changesBetween(before, described(110, 'plain'), () => undefined)).toEqual([]);
  expect(guard(before, described(110, 'plain'), { allowEmpty: false, maxDelete: 0 })).toEqual([]);
});

test('what a policy says of a name of ours stands for itself', () => {
  const routes = [{ when: { expression: '{caddyctl.v0} == "x1"' }, deny: 410 }, { respond: 'in' }];
  const site = (n: number) => ({ tls: 'off', headers: { 'X-Site': `x${n}` }, routes: { '/': routes } });
  const each = Array.from({ length: 110 }, (_, n) => [`s${n}.example.com`, site(n)]);
  const { live } = compiled(JSON.stringify({ sites: Object.fromEntries(each) }), { layout: 'auto' });
  expect(JSON.stringify(live)).not.toContain('"source":"{http.request.host');
});

test('what sites of their own kind have alike stands once, and is told of each as if it stood there', () => {
  const each = Array.from({ length: 150 }, (_, n) => [
    `s${n}.example.com`,
    { tls: 'off', to: '127.0.0.1:8001', request_headers: { [`X-Kind-${n}`]: 'a' } },
  ]);
  const text = JSON.stringify({ sites: Object.fromEntries(each) });
  const [plain, auto] = (['plain', 'auto'] as const).map((layout) => compiled(text, { layout }));
  const [[, server] = []] = entriesOf(at(auto?.live.apps, 'http', 'servers'));
  expect(Object.keys(at(server, 'named_routes') ?? {})).toEqual([
    expect.stringMatching(/^caddyctl-forged-dots-proxy-[0-9a-f]{12}$/),
  ]);
  const count = (live: Live | undefined, part: string): number => JSON.stringify(live).split(part).length - 1;
  for (const part of ['X-Forwarded-*', 'reverse_proxy']) {
    expect([count(plain?.live, part), count(auto?.live, part)]).toEqual([150, 1]);
  }
  const [[, flat] = []] = entriesOf(at(plain?.live.apps, 'http', 'servers'));
  const handlers = (of: JsonValue | undefined) =>
    new Map(unfold(of).map((route) => [markOf(route), canonical(at(route, 'handle') ?? null)]));
  expect(handlers(server)).toEqual(handlers(flat));
});

test('of two proxies on one route each has its own values', () => {
  const dial = (address: string) => ({ handler: 'reverse_proxy', upstreams: [{ dial: address }] });
  const handle = [dial('127.0.0.1:1'), dial('127.0.0.1:2'), { ...dial('127.0.0.1:3'), handle_response: [] }];
  const shared = new SharedHandlers(new Set());
  const routes = [{ handle: shared.share(handle) }];
  const named = shared.routes('default', 'http') ?? {};
  expect(Object.keys(named)).toHaveLength(1);
  expect(unfold({ routes, named_routes: named })).not.toEqual([{ handle }]);
  expect(unfold(written({ routes, named_routes: named }))).toEqual([{ handle }]);
});

test('an edit by hand of what a shared proxy is told stays in sight', () => {
  const shared = new SharedHandlers(new Set());
  const proxy = { handler: 'reverse_proxy', upstreams: [{ dial: '127.0.0.1:1' }] };
  const [values = proxy, invoke = proxy] = shared.share([proxy]);
  const named_routes = shared.routes('default', 'http') ?? {};
  const edited = { routes: [{ handle: [{ ...values, log_skip: true }, invoke] }], named_routes };
  expect(JSON.stringify(unfold(written(edited)))).toContain('log_skip');
});

test('handlers that a policy says as they are stay where they stand, for there Caddy complains of them', () => {
  const raw = (n: number) => [{ handler: 'reverse_proxy', upstreams: [{ dial: `127.0.0.1:${n + 1_000}` }], n }];
  const each = Array.from({ length: 150 }, (_, n) => [`s${n}.example.com`, { tls: 'off', raw: raw(n) }]);
  const made = compiled(JSON.stringify({ sites: Object.fromEntries(each) }), { layout: 'auto' });
  expect(JSON.stringify(made.live)).not.toContain('named_routes');
});

test.each([
  { circuit_breaker: { type: 'simple' } },
  { transport: { protocol: 'http', max_conns_per_host: 10 } },
  { transport: { protocol: 'http', keep_alive: { max_idle_conns: 10 } } },
  { transport: { protocol: 'other' } },
])('what %j counts is of one proxy, and no two share it', (more) => {
  const proxy = { handler: 'reverse_proxy', upstreams: [{ dial: '127.0.0.1:1' }], ...more };
  expect(new SharedHandlers(new Set()).share([proxy])).toEqual([proxy]);
  expect(liftValues(proxy, () => 'lifted')).toEqual(proxy);
});

test.each([
  [{}, false],
  [{ load_balancing: { selection_policy: { policy: 'cookie', fallback: { policy: 'first' } } } }, false],
  [{ health_checks: { passive: { max_fails: 2 } } }, false],
  [{ load_balancing: { selection_policy: { policy: 'cookie', fallback: { policy: 'least_conn' } } } }, true],
  [{ load_balancing: { selection_policy: { policy: 'random_choose', choose: 2 } } }, true],
  [{ load_balancing: { selection_policy: { policy: 'of_a_plugin' } } }, true],
  [{ health_checks: { passive: { unhealthy_request_count: 2 } } }, true],
  [{ upstreams: [{ dial: '127.0.0.1:1', max_requests: 2 }] }, true],
  [{ headers: { response: { set: { 'X-Open': ['{http.reverse_proxy.upstream.requests}'] } } } }, true],
])('a raw proxy with %j keeps others from its address by a variable: %s', (more, isCounted) => {
  const raw = [{ handler: 'reverse_proxy', upstreams: [{ dial: '127.0.0.1:1' }], ...more }];
  const each = Array.from({ length: 110 }, (_, n) => [`s${n}.example.com`, { tls: 'off', to: `127.0.0.1:${n + 1}` }]);
  const sites = { ...Object.fromEntries(each), 'raw.example.com': { tls: 'off', raw } };
  const { live } = compiled(JSON.stringify({ sites }), { layout: 'auto' });
  const dials = JSON.stringify(live).split('"dial":"127.0.0.1:1"').length - 1;
  expect(dials).toBe(isCounted ? 2 : 1);
});

test('the same where the sites need no shape, since most have long lists of hosts', () => {
  const hostsOf = (n: number): string[] =>
    Array.from({ length: n % 5 === 0 ? 1 : 101 }, (_, m) => `${n % 2 === 0 ? '' : '*.'}s${n}-${m}.example.com`);
  const each = Array.from({ length: 100 }, (_, n) => [
    hostsOf(n).join(', '),
    { tls: 'off', to: '127.0.0.1:8001', request_headers: { [`X-Kind-${n}`]: 'a' } },
  ]);
  const text = JSON.stringify({ sites: Object.fromEntries(each) });
  const [plain, auto] = (['plain', 'auto'] as const).map((layout) => compiled(text, { layout }));
  expect(JSON.stringify(auto?.live)).toContain('"invoke"');
  expect(JSON.stringify(auto?.live)).not.toMatch(/\._-(hosts|alike|paths)-/);
  expect(toldOf(auto?.live)).toEqual(toldOf(plain?.live));
}, 120_000);

test.each([
  ['gone', undefined],
  ['nothing', null],
  ['something else', { 'caddyctl-dots': 7, 'caddyctl-forged': { handle: 'x' } }],
] satisfies [string, JsonValue | undefined][])('named routes that are %s do no harm', (_, named) => {
  const handle = ['caddyctl-dots', 'caddyctl-forged', '__proto__', 7].map((name) => ({ handler: 'invoke', name }));
  const route = { '@id': 'caddyctl.default.https._-hosts-a', match: [{ host: ['a'] }], handle };
  const server = { routes: [route], ...(named !== undefined && { named_routes: named }) };
  expect(() => canonical(unfold(server))).not.toThrow();
});

test('each route of a shape leads to its line, whichever site is asked for', () => {
  const { live, origins } = compiled(manySites(randomFrom(5), apps, 300), { layout: 'auto' });
  const routes = entriesOf(at(live.apps, 'http', 'servers')).flatMap(([, server]) => unfold(server));
  const sites = routes
    .map((route) => markOf(route) ?? '')
    .filter((id) => !/\._(no-path|requests|unknown-host)$/.test(id));
  expect(sites.length).toBeGreaterThan(400);
  expect(sites.filter((id) => origins?.has(id) !== true)).toEqual([]);
});

test('a small set stays readable, and so does a large one for a Caddy that may read long lists otherwise', () => {
  const large = manySites(randomFrom(6), apps, 300);
  const before = { capabilities: { level: '2.10' }, modules: new Set<string>() } as const;
  expect([...(compiled(large, { running: before }).layouts?.values() ?? [])]).toMatchObject([{ layout: 'plain' }]);
  const small = JSON.stringify({ sites: { 'a.example.com': { tls: 'off', to: '127.0.0.1:8001' } } });
  expect(compiled(small, {}).layouts?.get('http')?.layout).toBe('plain');
});

describe('what somebody puts into a shape by hand is seen, not read as the sites within', () => {
  const paths = Array.from({ length: 60 }, (_, n) => [`/${['api', 'v2'][n % 2]}/${n}`, { respond: `${n}` }]);
  const many = Object.fromEntries([...paths, ['/', { respond: 'rest' }]]);
  const few = JSON.stringify({ sites: { 'paths.example.net': { tls: 'off', routes: many } } });
  const servers = [manySites(randomFrom(3), apps, 300), few].map((text) => {
    const [[, server] = []] = entriesOf(at(compiled(text, { layout: 'auto' }).live.apps, 'http', 'servers'));
    return server as { routes: JsonValue[] };
  });
  const server = { ...servers[0], routes: servers.flatMap(({ routes }) => routes) };
  type Edited = { match: Record<string, unknown>[]; handle: Record<string, unknown>[]; terminal?: boolean };
  const evil = { handler: 'static_response', body: 'evil' };
  const within = ({ handle }: Edited): Edited[] => (handle.at(-1)?.['routes'] ?? []) as Edited[];
  const isMap = ({ handle: [first] }: Edited): boolean => first?.['handler'] === 'map';

  test.each([
    ['a matcher', /_-hosts-/, (route) => Object.assign(route.match[0] ?? {}, { method: ['POST'] })],
    ['a second matcher', /_-alike-/, (route) => route.match.push({ path: ['/x'] })],
    ['a handler', /_-hosts-/, (route) => route.handle.unshift(evil)],
    ['a handler of a family', /_-alike-/, (route) => Object.assign(route.handle.at(-1) ?? {}, evil)],
    ['one host less', /_-hosts-/, (route) => (route.match[0]?.['host'] as string[] | undefined)?.pop()],
    ['one host more', /_-hosts-/, (route) => (route.match[0]?.['host'] as string[] | undefined)?.push('more')],
    ['no hosts', /_-hosts-/, (route) => delete route.match[0]?.['host']],
    ['a path that none within has', /_-paths-/, (route) => Object.assign(route.match[0] ?? {}, { path: ['/v2*'] })],
    ['an end', /_-paths-/, (route) => Object.assign(route, { terminal: true })],
    ['no end', /_-hosts-/, (route) => Object.assign(route, { terminal: false })],
    ['a second matcher within', /_-hosts-/, (route) => within(route)[0]?.match?.push({ path: ['/x'] })],
    [
      'a branch that leads nowhere',
      /_-hosts-/,
      (route) => {
        const host = (route.match[0]?.['host'] as string[] | undefined)?.slice(0, 1);
        within(route).unshift({ match: [{ host }], handle: [{ handler: 'subroute', routes: [] }], terminal: true });
      },
    ],
    ['a group', /_-(hosts|alike)-/, (route) => Object.assign(route, { group: 'x' })],
    [
      'a pattern',
      'map',
      ({ handle: [map] }) =>
        (map?.['mappings'] as object[] | undefined)?.unshift({ input_regexp: '.*', outputs: ['x'] }),
    ],
    ['a default', 'map', ({ handle: [map] }) => Object.assign(map ?? {}, { defaults: ['x'] })],
    [
      'another destination',
      'map',
      ({ handle: [map] }) => {
        (map?.['destinations'] as string[] | undefined)?.push('{caddyctl.bearer}');
        for (const { outputs } of (map?.['mappings'] ?? []) as { outputs: string[] }[]) outputs.push('x');
      },
    ],
    ['another source', 'map', ({ handle: [map] }) => Object.assign(map ?? {}, { source: '{http.request.uri.path}' })],
  ] satisfies [string, RegExp | 'map', (route: Edited) => unknown][])('%s', (_, which, edit) => {
    const edited = structuredClone(server) as unknown as { routes: (Edited & { '@id': string })[] };
    const route = edited.routes.find((each) => (which === 'map' ? isMap(each) : which.test(each['@id'])));
    if (route === undefined) throw new Error('there is no such shape');
    edit(route);
    expect(canonical(unfold(edited as unknown as JsonValue))).not.toBe(canonical(unfold(server)));
  });
});

test.each(['/v1./paths-y', '/v1./paths y', '/v1./hosts@y', '/v1./-alike-y', '/v1._-paths-y'])(
  'a path that is spelt as a shape is none: %s',
  (path) => {
    const raw = [{ handler: 'subroute', routes: [{ handle: [{ handler: 'static_response', body: 'in' }] }] }];
    const text = JSON.stringify({
      sites: { 'odd.example.com': { tls: 'off', routes: { '/': { respond: 'rest' }, [path]: { raw } } } },
    });
    const [[, server] = []] = entriesOf(at(compiled(text, {}).live.apps, 'http', 'servers'));
    expect(unfold(server)).toEqual(at(server, 'routes'));
  },
);

test.each([
  ['nothing', null],
  ['a route without anything', {}],
  ['a shape without handlers', { '@id': 'caddyctl.default.https._-hosts-a' }],
  [
    'a family without its variables',
    { '@id': 'caddyctl.default.https._-alike-a_', match: [{ host: [1, 'a'] }], handle: [7] },
  ],
  [
    'a shape around text',
    { '@id': 'caddyctl.default.https._-paths-a', handle: [{ handler: 'subroute', routes: ['x', null] }] },
  ],
] satisfies [string, JsonValue][])('%s that somebody wrote by hand does no harm', (_, route) => {
  expect(() => canonical(unfold({ routes: [route] }))).not.toThrow();
});

/** All routes as they are read, by name. */
function routesOf(live: Live | undefined): string[] {
  const servers = entriesOf(at(live?.apps, 'http', 'servers'));
  return servers.flatMap(([, server]) => unfold(server).map((route) => canonical(route))).toSorted();
}

function toldOf(live: Live | undefined): unknown {
  if (live === undefined) throw new Error('nothing to tell of');
  const { sites } = describeConfig(oursOf(live, 'default'));
  const told = [...sites].map(([host, { facts, routes }]) => ({
    host,
    facts: [...facts],
    routes: [...routes].map(([label, item]) => ({ label, facts: [...item.facts] })).toSorted(byText('label')),
  }));
  return told.toSorted(byText('host'));
}

function byText<K extends string>(key: K) {
  return (a: Readonly<Record<K, string>>, b: Readonly<Record<K, string>>): number => (a[key] < b[key] ? -1 : 1);
}
