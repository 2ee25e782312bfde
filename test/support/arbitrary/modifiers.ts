import * as fc from 'fast-check';
import { upstream } from './service.ts';
import {
  type Authored,
  duration,
  headerNames,
  line,
  method,
  oneOrMore,
  origin,
  paragraph,
  partial,
  path,
  pathWithQuery,
  ranges,
  secret,
  size,
  target,
} from './values.ts';

const headerRule = fc.oneof(
  line,
  fc.constant(null),
  fc.nat({ max: 99 }),
  fc.record({ default: line }),
  fc.record({ add: line }),
  fc.constant({ keep: true }),
);
const headers = partial(Object.fromEntries(headerNames.map((name) => [name, headerRule])));

const basic = partial(
  {
    users: partial({ adam: secret, 'zoë@x': secret, '1': secret }, ['adam']),
    realm: fc.constantFrom('Staff', 'a {b}'),
  },
  ['users'],
);
const forward = partial(
  {
    to: upstream(['api', 'web']),
    path: pathWithQuery,
    copy_headers: fc.uniqueArray(fc.constantFrom('Remote-User', 'x-groups'), { maxLength: 2 }),
  },
  ['to', 'path'],
);

/** What is asked of a client beside a certificate; `none` where an outer gate is taken away. */
export const auth: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant('none'),
  ...[{ basic }, { bearer: oneOrMore(secret) }, { forward }].map((way) =>
    partial({ ...way, pass: fc.boolean() }, Object.keys(way)),
  ),
);

const cors = fc.oneof(
  fc.constantFrom('none', '*'),
  oneOrMore(origin),
  partial(
    {
      origins: fc.oneof(fc.constant('*'), oneOrMore(origin)),
      methods: oneOrMore(method),
      headers: fc.oneof(fc.constant('*'), fc.constant(['X-Token', 'content-type']), fc.constant([])),
      expose: fc.constantFrom([], ['X-Total']),
      credentials: fc.boolean(),
      max_age: duration,
    },
    ['origins'],
  ),
);

const compress = fc.oneof(fc.boolean(), fc.constantFrom(['gzip'], ['zstd', 'gzip']));

const rewrite = fc.oneof(partial({ path }, ['path']), partial({ strip_prefix: path, add_prefix: path }));

const page = fc.oneof(
  paragraph,
  partial({ body: paragraph, content_type: line, status: fc.constantFrom(200, 404, 503) }, ['body']),
  partial({ redirect: target, status: fc.constantFrom(302, 303, 307) }, ['redirect']),
);
const errors = partial({ '404': page, '4xx': page, '502': page, '5xx': page });

const rateLimit = fc.oneof(
  fc.constant('none'),
  // No release of Caddy has the module, so it is always one that may be missing.
  partial(
    {
      key: fc.constantFrom('client', 'host', 'all', { header: 'x-api-key' }),
      events: fc.nat({ max: 1_000 }).map((count) => count + 1),
      window: duration.filter((text) => text !== '0s'),
      optional: fc.constant(true),
    },
    ['events', 'window', 'optional'],
  ),
);

const timeouts = partial({ connect: duration, first_byte: duration, idle: duration });

/** What may stand on presets, sites and routes alike; what each place adds or leaves out is said there. */
export const modifiers: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  headers,
  hide_server: fc.boolean(),
  request_headers: headers,
  allow_from: ranges,
  deny_from: fc.oneof(ranges, fc.constantFrom([], 'none')),
  max_body: fc.oneof(fc.constant('none'), size),
  cors,
  cache_control: line,
  rewrite,
  errors,
  timeouts,
  rate_limit: rateLimit,
  compress,
};

/** Of a site, or of a preset for sites. */
export const log = fc.oneof(
  fc.boolean(),
  partial({
    redact_query: fc.array(fc.constantFrom('token', 'a b', 'key'), { maxLength: 2 }),
    redact_headers: fc.constantFrom([], ['x-api-key', 'Cookie']),
  }),
);

export const protocols = fc.uniqueArray(fc.constantFrom('h1', 'h2', 'h3'), { minLength: 1 });

/** Believed by every site that believes any, since sites of one listener must agree. */
export const trustedProxies: Authored[string] = ['10.0.0.1', '192.0.2.0/24', '127.0.0.2'];
