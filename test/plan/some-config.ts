import * as fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/caddy/json.ts';
import type { Desired, Live } from '../../src/plan/live.ts';

/** Random live configs as several writers leave them, and desired ones as the compiler makes them, for the owner `default`. */

const small = fc.integer({ min: 0, max: 5 });
const answer = (body: string): JsonObject => ({ handler: 'static_response', body });

const ourRoute = fc.record({ n: small, body: small }).map(({ n, body }) => ({
  '@id': `caddyctl.default.route.${n}`,
  match: [{ host: [`s${n}.example.com`], path: ['/*'] }],
  handle: [answer(`${body}`)],
  terminal: true,
}));

const foreignMark = fc.constantFrom(
  {},
  { '@id': 'by-hand' },
  { '@id': 'caddyctl.blue.route.1' },
  { '@id': 'caddyctl.default' },
);
const foreignRoute = fc.record({ n: small, mark: foreignMark, matched: fc.boolean() }).map(({ n, mark, matched }) => ({
  ...mark,
  ...(matched ? { match: [{ host: [`foreign${n}.example.com`] }] } : {}),
  handle: [answer(`foreign ${n}`)],
}));

const catchAll = { '@id': 'caddyctl.default.unknown-host', handle: [{ handler: 'static_response', status_code: 421 }] };
const names = ['https', 'http', '127-0-0-1-8443'].map((name) => `caddyctl-default-${name}`);
const uniqueById = <T extends JsonObject>(each: fc.Arbitrary<T>) =>
  fc.uniqueArray(each, { maxLength: 5, selector: (one) => one['@id'] });

const desiredServer = (name: string): fc.Arbitrary<JsonObject> =>
  fc
    .record({ routes: uniqueById(ourRoute), revision: small, withErrors: fc.boolean(), withTls: fc.boolean() })
    .map((each) => ({
      '@id': `caddyctl.default.server.${name}.${each.revision}`,
      listen: [':1'],
      routes: [...each.routes, catchAll],
      ...(each.withErrors ? { errors: { routes: [{ '@id': 'caddyctl.default.errors', handle: [] }] } } : {}),
      ...(each.withTls
        ? {
            tls_connection_policies: [
              { '@id': 'caddyctl.default.mtls', match: { sni: ['a'] }, client_authentication: {} },
              {},
            ],
          }
        : {}),
    }));

const liveServer = (name: string): fc.Arbitrary<JsonObject> =>
  fc
    .record({
      made: desiredServer(name),
      foreign: fc.array(fc.tuple(foreignRoute, fc.nat(8)), { maxLength: 4 }),
      extra: small,
    })
    .map(({ made, foreign, extra }) => {
      const routes = [...(made['routes'] as JsonObject[])];
      for (const [route, index] of foreign) routes.splice(Math.min(index, routes.length), 0, route);
      const errors = foreign.length > 2 ? { errors: { routes: [foreign[0]?.[0] as JsonObject] } } : {};
      return { ...made, routes, ...errors, ...(extra === 0 ? { named_routes: { mine: { handle: [] } } } : {}) };
    });

const policy = (mark: fc.Arbitrary<JsonObject>, host: string) =>
  fc.record({ mark, n: small, kind: fc.constantFrom('exact', 'wildcard', 'all') }).map(({ mark, n, kind }) => ({
    ...mark,
    ...(kind === 'all' ? {} : { subjects: [kind === 'exact' ? `${host}${n}.example.com` : '*.example.com'] }),
    issuers: [{ module: 'internal' }],
  }));
const ours = (kind: string) => fc.constant({ '@id': `caddyctl.default.${kind}` });

const someOf = <T>(record: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<JsonObject> =>
  fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<unknown> as fc.Arbitrary<JsonObject>;

const localAuthority = { '@id': 'caddyctl.default.ca', install_trust: false };
const defaultLog = { '@id': 'caddyctl.default.log', level: 'INFO' };

export const desired: fc.Arbitrary<Desired> = fc
  .record({
    http: fc.record({
      servers: someOf(Object.fromEntries(names.map((name) => [name, desiredServer(name)]))),
    }),
    tls: fc.option(
      fc.record({
        automation: fc.record({ policies: fc.array(policy(ours('automation'), 's'), { maxLength: 3 }) }),
        certificates: fc.record({
          load_files: fc.array(
            ours('files').map((mark) => ({ ...mark, certificate: 'c' })),
            { maxLength: 2 },
          ),
        }),
      }),
      { nil: undefined },
    ),
    authority: fc.boolean(),
    log: fc.boolean(),
  })
  .map(({ http, tls, authority, log }) => ({
    apps: {
      http,
      ...(tls === undefined ? {} : { tls }),
      ...(authority ? { pki: { certificate_authorities: { local: localAuthority } } } : {}),
    },
    ...(log ? { logging: { logs: { default: defaultLog } } } : {}),
  }));

const foreignServer = fc.record({
  listen: fc.constant([':2']),
  // A copy of a route of ours, mark and all, is still part of somebody else's server.
  routes: fc.array(fc.oneof(foreignRoute, ourRoute), { maxLength: 3 }),
  automatic_https: fc.constant({ disable: true }),
});

const anything = fc.jsonValue() as fc.Arbitrary<JsonValue>;

const liveApps: fc.Arbitrary<JsonValue> = someOf<unknown>({
  http: someOf<unknown>({
    grace_period: anything,
    __proto__0: anything,
    servers: someOf<unknown>({
      ...Object.fromEntries(names.map((name) => [name, liveServer(name)])),
      srv0: foreignServer,
      'caddyctl-blue-https': foreignServer.map((server) => ({ '@id': 'caddyctl.blue.server.1', ...server })),
    }),
  }),
  tls: someOf<unknown>({
    automation: someOf<unknown>({
      policies: fc.array(fc.oneof(policy(ours('automation'), 's'), policy(foreignMark, 'foreign')), { maxLength: 6 }),
      renew_interval: anything,
    }),
    certificates: someOf<unknown>({
      load_files: fc.array(
        fc.oneof(ours('files'), foreignMark).map((mark) => ({ ...mark, certificate: 'x' })),
        { maxLength: 4 },
      ),
      automate: anything,
    }),
  }),
  pki: someOf<unknown>({
    certificate_authorities: someOf<unknown>({ local: fc.constant(localAuthority), other: anything }),
  }),
  layer4: anything,
});

const liveLogging: fc.Arbitrary<JsonValue> = someOf<unknown>({
  sink: anything,
  logs: someOf<unknown>({ default: fc.constant(defaultLog), other: anything }),
});

export const live: fc.Arbitrary<Live> = fc.record({
  apps: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 6, arbitrary: liveApps }),
  logging: fc.oneof(fc.constant(null), liveLogging),
});

/** So that a test fails where an input is changed. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) deepFreeze(each);
  }
  return value;
}
