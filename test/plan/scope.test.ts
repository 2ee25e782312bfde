import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, isJsonObject, type JsonObject, type JsonValue } from '../../src/caddy/json.ts';
import type { Live } from '../../src/plan/live.ts';
import { overlay } from '../../src/plan/scope.ts';
import * as some from './some-config.ts';

const mark = (name: string): JsonObject => ({ '@id': `caddyctl.default.${name}` });
const route = (name: string, host?: string): JsonObject => ({
  ...mark(name),
  ...(host === undefined ? {} : { match: [{ host: [host] }] }),
  handle: [],
});
const foreign = (name: string): JsonObject => ({ group: name, match: [{ path: [`/${name}`] }], handle: [] });
const HTTPS = 'caddyctl-default-https';
const withServers = (servers: JsonObject): Live => ({ apps: { http: { servers } }, logging: null });
const want = (apps: JsonObject): { apps: JsonObject } => ({ apps });
const serverOf = (scopes: Live, name = HTTPS): JsonObject =>
  (((scopes.apps as JsonObject)['http'] as JsonObject)['servers'] as JsonObject)[name] as JsonObject;

describe('overlay, always', () => {
  test('keeps every foreign value, in its order', () => {
    fc.assert(
      fc.property(some.live, some.desired, (live, desired) => {
        some.deepFreeze([live, desired]);
        const { next } = overlay(live, desired, 'default');
        expect(foreignOf(next)).toEqual(foreignOf(live));
      }),
      { numRuns: 500 },
    );
  });

  test('says the same again when it is applied twice', () => {
    fc.assert(
      fc.property(some.live, some.desired, (live, desired) => {
        const { next } = overlay(live, desired, 'default');
        expect(canonical(scopesOf(overlay(next, desired, 'default').next))).toBe(canonical(scopesOf(next)));
      }),
      { numRuns: 500 },
    );
  });

  test('puts in everything that the policies want', () => {
    fc.assert(
      fc.property(some.live, some.desired, (live, desired) => {
        const { next, clashes } = overlay(live, desired, 'default');
        expect(clashes).toEqual([]);
        for (const [name, server] of Object.entries((desired.apps['http'] as JsonObject)['servers'] as JsonObject)) {
          const ours = (value: JsonValue): unknown => ((value as JsonObject)['routes'] as JsonObject[]).filter(isOurs);
          expect(ours(serverOf(next, name))).toEqual(ours(server));
          expect(serverOf(next, name)['@id']).toEqual((server as JsonObject)['@id']);
        }
      }),
    );
  });
});

describe('overlay', () => {
  test('foreign routes stay in front, or before the catch-all', () => {
    const live = withServers({
      [HTTPS]: { ...mark('server'), routes: [foreign('a'), route('x', 'x'), foreign('b'), route('all'), foreign('c')] },
    });
    const wanted = { ...mark('server.2'), routes: [route('y', 'y'), route('x', 'x'), route('all')] };
    const { next } = overlay(live, want({ http: { servers: { [HTTPS]: wanted } } }), 'default');
    expect(serverOf(next)['routes']).toEqual([
      foreign('a'),
      route('y', 'y'),
      route('x', 'x'),
      foreign('b'),
      foreign('c'),
      route('all'),
    ]);
  });

  test('a route that lost its mark by hand is still ours, and a hand-edited server too', () => {
    const edited = { match: [{ host: ['x'] }], handle: [{ handler: 'by hand' }] };
    const live = withServers({ [HTTPS]: { listen: [':1'], routes: [edited, route('all')] } });
    const wanted = { ...mark('server'), routes: [route('x', 'x'), route('all')] };
    const { next } = overlay(live, want({ http: { servers: { [HTTPS]: wanted } } }), 'default');
    expect(serverOf(next)).toEqual(wanted);
  });

  test('a server that no policy wants goes, unless somebody put something into it', () => {
    const gone = { ...mark('server'), listen: [':1'], routes: [route('x', 'x')], tls_connection_policies: [{}] };
    const kept = { ...gone, routes: [route('x', 'x'), foreign('a')] };
    const live = withServers({ [HTTPS]: gone, 'caddyctl-default-http': kept });
    const { next } = overlay(live, want({ http: { servers: {} } }), 'default');
    expect(next.apps).toEqual({ http: { servers: { 'caddyctl-default-http': { ...kept, routes: [foreign('a')] } } } });
  });

  test('never leaves an empty scope, which Caddy takes for "forget everything"', () => {
    const live = {
      apps: { http: { servers: { [HTTPS]: { ...mark('server'), routes: [] } } } },
      logging: { logs: { default: mark('log') } },
    };
    const { next } = overlay(live, want({}), 'default');
    expect(next).toEqual({ apps: { http: { servers: {} } }, logging: { logs: {} } });
  });

  test.each(['caddyctl-blue-https', 'srv0'])('leaves the server %s of others alone', (name) => {
    const theirs = { '@id': 'caddyctl.blue.server.1', routes: [route('x', 'x')] };
    const { next } = overlay(withServers({ [name]: theirs }), want({ http: { servers: {} } }), 'default');
    expect(serverOf(next, name)).toBe(theirs);
  });

  test('a server name that another owner holds is a clash, and stays', () => {
    const theirs = { '@id': 'caddyctl.default-a.server.1', routes: [] };
    const name = 'caddyctl-default-a-https';
    const wanted = { ...mark('server'), routes: [] };
    const { next, clashes } = overlay(
      withServers({ [name]: theirs }),
      want({ http: { servers: { [name]: wanted } } }),
      'default',
    );
    expect(serverOf(next, name)).toBe(theirs);
    expect(clashes).toEqual([{ path: ['apps', 'http', 'servers', name], live: theirs, desired: wanted }]);
  });

  const policy = (subjects: string[], name?: string): JsonObject => ({
    ...(name === undefined ? {} : mark(name)),
    subjects,
  });
  test.each([
    ['exact names of ours first', [policy(['a.x'], 'a')], [policy(['b.x'])], ['a.x', 'b.x']],
    [
      'a wildcard of ours behind names below it',
      [policy(['*.x'], 'a')],
      [policy(['b.x']), policy(['b.y'])],
      ['b.x', '*.x', 'b.y'],
    ],
    ['a wildcard of ours before a foreign policy for every name', [policy(['*.x'], 'a')], [policy([])], ['*.x', '']],
    ['every name last', [policy([], 'a'), policy(['c.x'], 'b')], [policy(['b.x'])], ['c.x', 'b.x', '']],
  ])('certificates: %s', (_, ours, theirs, subjects) => {
    const tls = (policies: JsonObject[]): JsonObject => ({ tls: { automation: { policies } } });
    const { next } = overlay({ apps: tls(theirs), logging: null }, want(tls(ours)), 'default');
    const policies = (((next.apps as JsonObject)['tls'] as JsonObject)['automation'] as JsonObject)[
      'policies'
    ] as JsonObject[];
    expect(policies.map((each) => (each['subjects'] as string[]).join())).toEqual(subjects);
  });

  const port = (value: number, servers: JsonObject): JsonObject => ({ http: { http_port: value, servers } });
  const ours = { [HTTPS]: { ...mark('server'), routes: [] } };
  test.each([
    ['set where it is absent', { http: { servers: {} } }, 8080, 0],
    ['kept where it is equal', port(8080, { srv0: {} }), 8080, 0],
    ['ours where every server is ours', port(80, ours), 8080, 0],
    ['a clash where others serve', port(80, { ...ours, srv0: {} }), 80, 1],
  ])('the http port: %s', (_, apps, expected, clashes) => {
    const given = overlay({ apps, logging: null }, want(port(8080, ours)), 'default');
    expect(((given.next.apps as JsonObject)['http'] as JsonObject)['http_port']).toBe(expected);
    expect(given.clashes).toHaveLength(clashes);
  });

  test('two owners share what both say, and clash over what they say differently', () => {
    const log = (owner: string, level: string): JsonObject => ({
      logs: { default: { '@id': `caddyctl.${owner}.log`, level } },
    });
    const live = { apps: null, logging: log('blue', 'INFO') };
    expect(overlay(live, { apps: {}, logging: log('default', 'INFO') }, 'default')).toEqual({
      next: live,
      clashes: [],
    });
    expect(overlay(live, { apps: {}, logging: log('default', 'WARN') }, 'default').clashes).toHaveLength(1);
    expect(overlay(live, { apps: {} }, 'default')).toEqual({ next: live, clashes: [] });
  });
});

function isOurs(value: JsonValue | undefined): boolean {
  const id = isJsonObject(value) ? value['@id'] : undefined;
  return typeof id === 'string' && id.startsWith('caddyctl.default.');
}

/** Everything that is not ours, told in another way than the overlay does: every leaf and list below what is not marked. */
function foreignOf(scopes: Live): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const servers = new Set(['routes', 'errors', 'tls_connection_policies', 'named_routes']);
  const walk = (value: JsonValue, path: string, inOurServer: boolean): void => {
    if (/^\/apps\/http\/servers\/[^/]+$/.test(path) && isOurs(value)) {
      for (const [key, each] of Object.entries(value as JsonObject))
        if (servers.has(key)) walk(each, `${path}/${key}`, true);
    } else if (/^\/apps\/http\/servers\/[^/]+$/.test(path)) found[path] = value;
    else if (isOurs(value)) return;
    else if (Array.isArray(value) && (inOurServer || /\/(policies|load_files)$/.test(path))) {
      const kept = value.filter((each: JsonValue) => !isOurs(each) && canonical(each) !== '{}');
      if (kept.length > 0) found[path] = kept;
    } else if (isJsonObject(value)) {
      for (const [key, each] of Object.entries(value)) walk(each, `${path}/${key}`, inOurServer);
    } else found[path] = value;
  };
  walk({ apps: scopes.apps ?? {}, logging: scopes.logging ?? {} }, '', false);
  return found;
}

function scopesOf({ apps, logging }: Live): JsonObject {
  return { apps, logging };
}
