import * as fc from 'fast-check';
import { auth, modifiers } from './modifiers.ts';
import { type ServiceName, upstream } from './service.ts';
import {
  type Authored,
  line,
  maybe,
  method,
  oneOrMore,
  paragraph,
  partial,
  path,
  ranges,
  target,
  withoutAbsent,
} from './values.ts';

/** What a route may do where it stands. */
export interface Place {
  /** Credentials are safe on the way. */
  readonly mayAsk: boolean;
  /** Whom routes may lead to by name: services whose own paths the site leads to them. */
  readonly services: readonly ServiceName[];
  readonly mayRaw: boolean;
}

const presence = fc.oneof(fc.boolean(), oneOrMore(fc.constantFrom('beta', 'text/*', '*x', '{a}', '')));

const conditions = {
  method: oneOrMore(method),
  header: partial({ accept: presence, 'X-Stage': presence, Host: fc.constant('a.example.com') }),
  query: partial({ page: presence, 'a b': presence, '{q}': presence }),
  client_ip: ranges,
  protocol: fc.constantFrom('http', 'https', 'grpc', 'http/1.0', 'http/1.1', 'http/2', 'http/3'),
  regex: fc.constantFrom('^/[0-9]+$', '(?i)\\.php$', '/{1,3}x', '^/(?P<id>[a-z]+)/'),
  path_glob: oneOrMore(fc.constantFrom('/a/*', '*.php', '*/edit', '/x*y')),
  expression: fc.constantFrom("{http.request.method} == 'GET'", 'true', "{http.request.header.X-A}.startsWith('b')"),
};

const when = partial({
  ...conditions,
  not: oneOrMore(partial(conditions).filter((condition) => Object.keys(condition).length > 0)),
});

const respond = fc.oneof(
  paragraph,
  partial({ body: paragraph, status: fc.constantFrom(200, 204, 404, 599), content_type: line }),
);
const redirect = fc.oneof(
  target,
  partial({ to: target, status: fc.constantFrom(301, 302, 303, 307, 308), keep_path: fc.boolean() }, ['to']),
);
const files = fc.oneof(
  fc.constantFrom('/srv/www', '/srv/a b'),
  partial({ root: fc.constant('/srv/app'), browse: fc.boolean(), fallback: path }, ['root']),
);
const deny = fc.constantFrom(true, 403, 404, 500);
const raw = fc.constantFrom(
  [{ handler: 'static_response', body: '{http.request.uri}' }],
  [
    { handler: 'vars', a: 1 },
    { handler: 'error', status_code: 418 },
  ],
);

/** One handler, as a map of one key. */
export function handler({ services, mayRaw }: Place): fc.Arbitrary<Authored> {
  const kinds = { to: upstream(services), respond, redirect, files, deny, ...(mayRaw && { raw }) };
  return fc.oneof(...Object.entries(kinds).map(([kind, value]) => value.map((given) => ({ [kind]: given }))));
}

function routeModifiers({ mayAsk, services }: Place): fc.Arbitrary<Authored> {
  const use = oneOrMore(fc.constantFrom('secure', 'plain', 'nested'));
  // Where something has no lock of its own, no route lets all in again.
  const allow = services.includes('llm') ? {} : { allow_from: fc.oneof(ranges, fc.constant('any')) };
  return fc
    .tuple(
      partial({ use, ...modifiers, ...allow, ...(mayAsk && { auth }) }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([all, share]) => thinned(all, share));
}

/** Most routes say little, and some say everything. */
export function thinned(map: Authored, share: number): Authored {
  const keys = Object.keys(map);
  return Object.fromEntries(keys.slice(Math.floor(keys.length * (1 - share) ** 2)).map((key) => [key, map[key]]));
}

function routeObject(place: Place, needsWhen: boolean): fc.Arbitrary<Authored> {
  return fc
    .tuple(handler(place), routeModifiers(place), needsWhen ? when : maybe(when))
    .map(([does, says, on]) => withoutAbsent({ ...does, ...says, when: on }));
}

/** A route's value: an app, an object, or a list of which only the last may take everything. */
export function routeValue(place: Place): fc.Arbitrary<unknown> {
  return fc.oneof(
    upstream(place.services).filter((to) => typeof to === 'string'),
    routeObject(place, false),
    fc
      .tuple(fc.array(routeObject(place, true), { minLength: 1, maxLength: 2 }), maybe(routeObject(place, false)))
      .map(([some, last]) => [...some, ...(last ? [last] : [])]),
  );
}

/** In an order that may be kept, as the paths of a site. */
const groupPaths = ['=/status', '/*/deep', '/a, /b', '/v1', '/'];

export function group(place: Place, depth = 1): fc.Arbitrary<Authored> {
  const inner = (key: string) =>
    depth > 0 && key === '/v1' ? fc.oneof(routeValue(place), group(place, depth - 1)) : routeValue(place);
  const routes = partial(Object.fromEntries(groupPaths.map((key) => [key, inner(key)])));
  return fc
    .tuple(routes, routeModifiers(place), maybe(when))
    .map(([below, says, on]) => withoutAbsent({ ...says, when: on, routes: below }));
}
