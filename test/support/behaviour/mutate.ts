import type { Random } from '../random.ts';
import { pick } from '../random.ts';

type Map_ = Record<string, unknown>;

/** What an operator may say of a site or a route, beside what chance makes. */
const said: readonly (readonly [string, unknown])[] = [
  ['headers', { 'X-Frame-Options': 'DENY' }],
  ['headers', { 'X-Zero': null }],
  ['hide_server', true],
  ['max_body', '20MiB'],
  ['max_body', '1MB'],
  ['auth', { basic: { users: { adam: { env: 'TOKEN' } } } }],
  ['auth', { bearer: { env: 'TOKEN' } }],
  ['auth', 'none'],
  ['allow_from', ['10.0.0.0/8', 'loopback']],
  ['deny_from', '198.51.100.0/24'],
  ['cors', 'https://app.example.com'],
  ['rewrite', { strip_prefix: '/v1' }],
  ['errors', { '4xx': 'no' }],
  ['request_headers', { 'X-Zero': 'one' }],
  ['request_headers', { 'X-Powered-By': null }],
];

const whens: readonly unknown[] = [
  { method: 'POST' },
  { header: { 'X-Stage': 'beta' } },
  { query: { page: ['beta', 'text/html'] } },
  { client_ip: '10.0.0.0/8' },
  { path_glob: '*.php' },
  { regex: '^/[0-9]+$' },
  { not: { method: ['GET', 'HEAD'] } },
];

/** A set with one to three edits as operators make them; what it needs from elsewhere comes from `donor`. */
export function mutated(set: object, donor: object, random: Random): object {
  const next = structuredClone(set) as Map_;
  const edits = 1 + random(3);
  for (let edit = 0; edit < edits; edit++) pick(random, mutations)(next, structuredClone(donor) as Map_, random);
  return next;
}

type Mutation = (set: Map_, donor: Map_, random: Random) => void;

const mutations: readonly Mutation[] = [
  function routeRemoved(set, _donor, random) {
    const routes = pick(random, [...routesOf(set), {}]);
    const keys = Object.keys(routes);
    if (keys.length > 1) delete routes[pick(random, keys)];
  },
  function routeReplaced(set, donor, random) {
    const [routes, other] = [pick(random, [...routesOf(set), {}]), pick(random, [...routesOf(donor), {}])];
    if (Object.keys(routes).length > 0 && Object.keys(other).length > 0)
      routes[pick(random, Object.keys(routes))] = pick(random, Object.values(other));
  },
  function routeAdded(set, donor, random) {
    const [routes, other] = [pick(random, [...routesOf(set), {}]), pick(random, [...routesOf(donor), {}])];
    const path = pick(random, ['/new', '=/new/', '/*/new', '/a/*/b', '/v1/new', ...Object.keys(other)]);
    if (Object.keys(other).length > 0) routes[path] ??= pick(random, Object.values(other));
  },
  function said_(set, _donor, random) {
    const [key, value] = pick(random, said);
    pick(random, objectsOf(set))[key] = value;
  },
  function unsaid(set, _donor, random) {
    const object = pick(random, objectsOf(set));
    const keys = Object.keys(object).filter((key) => !/^(to|respond|redirect|files|deny|routes|raw|at)$/.test(key));
    if (keys.length > 0) delete object[pick(random, keys)];
  },
  function narrowed(set, _donor, random) {
    const objects = routeObjects(set);
    if (objects.length > 0) pick(random, objects)['when'] = pick(random, whens);
  },
  function upstreamMoved(set, _donor, random) {
    const service = pick(random, Object.values((set['services'] ?? {}) as Record<string, Map_>));
    if (typeof service['at'] === 'string')
      service['at'] = service['at'].replace(/7\d\d\d/, String(7_000 + random(999)));
  },
  function siteSaid(set, donor, random) {
    const [sites, others] = [sitesOf(set), sitesOf(donor)];
    const site = pick(random, [...Object.values(sites), {}]) as Map_;
    const other = pick(random, [...Object.values(others), {}]) as Map_;
    const key = pick(random, ['http', 'trusted_proxies', 'use', 'modifiers', 'headers', 'allow_from', 'tls']);
    if (typeof site === 'object' && typeof other === 'object' && other[key] !== undefined) site[key] = other[key];
  },
  function hostMoved(set, _donor, random) {
    const sites = sitesOf(set);
    const key = pick(random, Object.keys(sites));
    sites[`moved-${key.split(',', 1)[0]?.replace('*.', '') ?? ''}`] = sites[key];
    delete sites[key];
  },
  function siteGone(set, _donor, random) {
    const sites = sitesOf(set);
    if (Object.keys(sites).length > 1) delete sites[pick(random, Object.keys(sites))];
  },
  function siteNew(set, donor, random) {
    const [sites, others] = [sitesOf(set), sitesOf(donor)];
    const key = pick(random, Object.keys(others));
    sites[key] ??= others[key];
  },
];

function sitesOf(set: Map_): Record<string, unknown> {
  return (set['sites'] ?? {}) as Record<string, unknown>;
}

function isMap(value: unknown): value is Map_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every map of routes, nested ones too. */
function routesOf(set: Map_): Map_[] {
  const below = (value: unknown): Map_[] => {
    if (Array.isArray(value)) return value.flatMap(below);
    if (!isMap(value) || !isMap(value['routes'])) return [];
    return [value['routes'], ...Object.values(value['routes']).flatMap(below)];
  };
  return Object.values(sitesOf(set)).flatMap(below);
}

function routeObjects(set: Map_): Map_[] {
  return routesOf(set).flatMap((routes) => Object.values(routes).flat().filter(isMap));
}

function objectsOf(set: Map_): Map_[] {
  const objects = [...Object.values(sitesOf(set)).filter(isMap), ...routeObjects(set)];
  return objects.length > 0 ? objects : [{}];
}
