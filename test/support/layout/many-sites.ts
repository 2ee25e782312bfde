import { pick, type Random } from '../random.ts';

/** Where sites may listen that ask for credentials over plain http: all of these do. */
export const LOOPBACK = '127.0.0.1:8080';
const here = { tls: 'off', listen: LOOPBACK };

/** Addresses of apps, which differ in what they answer. */
export interface Apps {
  readonly addresses: readonly string[];
}

/**
 * A policy set with at least so many sites of each kind that a layout may put together, or must not: equal ones, ones that
 * differ in values, ones of their own kind, wildcards and hosts below them, and a site with many paths.
 */
export function manySites(random: Random, { addresses }: Apps, count: number): string {
  const sites: Record<string, unknown> = {};
  const to = (): string => pick(random, addresses);
  for (let index = 0; index < count; index++) {
    const host = hostOf(random, index);
    if (host in sites) continue;
    sites[host] = { ...here, ...kindOf(random, index, to) };
  }
  sites['paths.example.com'] = { ...here, routes: paths(random, to) };
  // Longer ones first, since a route that no request reaches is a mistake.
  const listed = Object.entries(paths(random, to)).toSorted(([a], [b]) => b.length - a.length);
  sites['listed.example.com'] = { ...here, routing: 'listed', routes: Object.fromEntries(listed) };
  sites['127.0.0.9'] = { ...here, to: to() };
  return JSON.stringify({ global: { diagnostics: { 'wildcard-certificate': 'off' } }, sites }, null, 1);
}

function hostOf(random: Random, index: number): string {
  switch (random(12)) {
    case 0:
      return `*.w${index}.example.com`;
    case 1:
      return `one.w${random(index + 1)}.example.com`;
    case 2:
      return `a${index}.example.com, b${index}.example.com`;
    case 3:
      return `a${index}.example.org, deeper.b${index}.example.com`;
    case 4:
      return `under_score-${index}.local`;
    default:
      return `s${index}.example.com`;
  }
}

function kindOf(random: Random, index: number, to: () => string): object {
  const kinds: readonly (() => object)[] = [
    () => ({ to: to() }),
    () => ({ to: to(), routes: { '/api': to(), '=/health': { respond: `well {env.HOME} ${index}` } } }),
    () => ({ to: to(), headers: { 'X-Site': `number ${index}`, 'X-Twice': `number ${index}`, 'X-One': 'one' } }),
    () => ({ redirect: { to: `https://target${index}.example.com`, keep_path: index % 2 === 0 } }),
    () => ({ respond: { body: `{http.request.host} \\{x} $1 site ${index}`, status: 200 } }),
    () => ({ to: to(), request_headers: { 'X-Tenant': `t${random(3)}` } }),
    // Of their own kind, and with what Caddy might put something into, or asks for by its name.
    () => ({
      to: to(),
      request_headers: {
        [`X-Kind-${index}`]: pick(random, [`{http.request.host} \\{x} $1 ${index}`, '{caddyctl.n0}', 'a, b']),
        ...pick(random, [
          { Host: `inner${index}.example.com` },
          { 'X-Forwarded-Proto': `p${index}`, 'User-Agent': `u${index}` },
          { 'X-Real-IP': null, Accept: { add: `a${index}` }, 'X-Default': { default: `d${index}` } },
          { Authorization: `Bearer ${index}`, Cookie: null },
        ]),
      },
      routes: { [`/own-${index}`]: { rewrite: { add_prefix: `/n${index}` }, to: to() } },
    }),
    () => ({ to: to(), max_body: '1KiB', compress: true }),
    () => ({
      to: to(),
      deny_from: [index % 2 === 0 ? '127.0.0.1' : '127.0.0.7'],
      routes: { '/internal': { deny: 404 } },
    }),
    () => ({ to: to(), cors: '*', cache_control: `max-age=${index}` }),
    () => ({ respond: 'x', routes: { '/gone': { deny: 410 } }, errors: { 410: { body: `gone ${index}` } } }),
    // What an auth service answers may be the Host, by which values are looked up.
    () => ({
      to: to(),
      auth: { forward: { to: to(), path: '/verify', copy_headers: pick(random, [['X-App'], ['X-App', 'Host']]) } },
      headers: { 'X-Site': `number ${index}` },
    }),
    () => ({ raw: rawOf(random, index, to) }),
    () => ({ routes: { [`/only-${index}`]: to(), '/xy/*/z': { respond: 'pattern' }, '/': { deny: 404 } } }),
  ];
  return pick(random, kinds)();
}

function rawOf(random: Random, index: number, to: () => string): object[] {
  const setHost = { handler: 'headers', request: { set: { Host: [`s${random(index + 1)}.example.com`] } } };
  const proxy = { handler: 'reverse_proxy', upstreams: [{ dial: to() }] };
  const body = pick(random, [`{"site":${index}}`, `{caddyctl.v0} ${index}`, '{http.request.host}']);
  return pick(random, [
    [setHost, proxy],
    [proxy],
    [
      { handler: 'headers', response: { set: { 'X-Raw': [body] } } },
      { handler: 'static_response', body },
    ],
    [{ handler: 'subroute', routes: [{ handle: [setHost] }, { handle: [proxy] }] }],
  ]);
}

/** Paths that begin alike, end within others, and are spelt in ways that Caddy reads in its own way. */
function paths(random: Random, to: () => string): Record<string, unknown> {
  const routes: Record<string, unknown> = {};
  for (let index = 0; index < 90; index++) {
    const path = `/p${random(40)}${pick(random, ['', '/x', '/x/y', `/${index}`, `-${index % 7}`, '/é', '/A b', '/*/end'])}`;
    routes[`${pick(random, ['', '', '='])}${path}`] = index % 3 === 0 ? to() : { respond: `path ${index}` };
  }
  routes['/p1'] = { respond: 'p1' };
  routes['/'] = to();
  return routes;
}
