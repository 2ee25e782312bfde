import * as fc from 'fast-check';
import { derivedChecks } from '../../../src/policy/schema/check.ts';
import { auth, log, modifiers, protocols, trustedProxies } from './modifiers.ts';
import { group, handler, type Place, routeValue, thinned } from './route.ts';
import { factRoutes, type ServiceName, serviceNames } from './service.ts';
import {
  type Authored,
  certificateFile,
  keyFile,
  line,
  maybe,
  oneOrMore,
  partial,
  path,
  ranges,
  withoutAbsent,
} from './values.ts';

/** How a site is reached, and so what it may ask of clients. */
type Way = 'usual' | 'certificate' | 'clear' | 'local' | 'lan';

const tls = fc.oneof(
  fc.constantFrom('auto', 'internal'),
  fc.record({ certificate: certificateFile, key: keyFile }),
  fc.constant({ on_demand: { ask: 'http://localhost:9999/allowed?a={b}' } }),
);
/** Each port is for https or for plain http, and no site's tunnel is another's. */
const httpsListen = oneOrMore(fc.constantFrom(':8443', '127.0.0.1:8444', '[::1]:8444')).map(distinct);
const localListen = oneOrMore(fc.constantFrom('127.0.0.1:8080', '[::1]:8080', 'unix//run/site.sock')).map(distinct);

function distinct<T>(given: T | T[]): T | T[] {
  return Array.isArray(given) ? [...new Set(given)] : given;
}

function transport(way: Way, turn: number): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  const tunnel = fc.constant({ listen: `127.0.0.1:${8_500 + turn}`, trusted_proxies: 'loopback' });
  switch (way) {
    case 'usual':
      return {
        tls: maybe(tls),
        http: maybe(fc.constantFrom('redirect', 'off')),
        listen: maybe(httpsListen),
        tunnel: maybe(tunnel),
        trusted_proxies: maybe(fc.constant(trustedProxies)),
      };
    case 'certificate':
      return { tls: maybe(tls), http: fc.constant('off'), auth: clientCertificate };
    case 'clear':
      return {
        tls: fc.constantFrom('off', 'internal'),
        http: fc.constant('serve'),
        trusted_proxies: maybe(fc.constant(trustedProxies)),
      };
    case 'local':
      // On a socket nobody has an address but by the word of a proxy.
      return { tls: fc.constant('off'), listen: localListen, trusted_proxies: fc.constant(trustedProxies) };
    case 'lan':
      return { use: fc.constant(['lan', 'plain']) };
    default:
      return way satisfies never;
  }
}

const clientCertificate = fc.record({ client_certificate: fc.record({ ca: oneOrMore(certificateFile) }) });

/** In the order in which a site that keeps it may list them: nothing behind what takes it. */
const paths = ['=/health', '=/feed/', '=/u/*/avatar', '/a/*/c', '/{brace}', '/a b', '/docs/*', '/x, =/y', '/API'];

const expected = partial({
  status: fc.constantFrom(200, 404),
  headers: partial({ 'X-A': fc.oneof(line, fc.constant(null), fc.record({ contains: line })) }),
  body: fc.record({ contains: fc.constant('ok') }),
});
const check = fc.oneof(
  ...['get', 'head', 'post'].map((verb) => fc.tuple(path, expected).map(([at, answer]) => ({ [verb]: at, ...answer }))),
  path.map((at) => ({ websocket: at })),
  path.map((at) => ({ events: at })),
  fc
    .tuple(path, fc.constantFrom('10MiB', '1000B'), expected)
    .map(([at, size, answer]) => ({ upload: at, size, ...answer })),
  fc.record({
    off: fc.oneof(fc.constantFrom(...derivedChecks), fc.subarray([...derivedChecks], { minLength: 1 })),
    reason: fc.constant('there is none here'),
  }),
);

/** Host keys of a site by its turn, so that no two sites share a host. */
export function hostKeys(turn: number): readonly string[] {
  return [
    `s${turn}.example.com`,
    `App${turn}.Example.COM., www${turn}.example.com`,
    `*.w${turn}.example.com`,
    `w${turn}.example.com, *.w${turn}.example.com`,
    `bücher${turn}.example`,
    `10.1.0.${turn}`,
    `s${turn}.localhost`,
    `under_score${turn}.example.com`,
    `\${SITE:-v${turn}}.example.com`,
  ];
}

function site(turn: number, mayRaw: boolean): fc.Arbitrary<Authored> {
  return fc
    .record({
      way: fc.constantFrom<Way>('usual', 'usual', 'certificate', 'clear', 'local', 'lan'),
      isGuarded: fc.boolean(),
      uses: fc.subarray<ServiceName>([...serviceNames]),
    })
    .chain(({ way, isGuarded, uses }) => {
      // What has no lock of its own is only for sites where nobody comes in unseen.
      const services = uses.filter((name) => isGuarded || name !== 'llm');
      const place: Place = { mayAsk: way !== 'clear', services, mayRaw };
      const said = {
        ...modifiers,
        ...(place.mayAsk && { auth }),
        use: oneOrMore(fc.constantFrom('secure', 'plain', 'nested', ...(place.mayAsk ? ['gate'] : []))),
        log,
        protocols,
        checks: fc.array(check, { maxLength: 3 }),
        routing: fc.constantFrom('specific', 'listed'),
      };
      return fc
        .tuple(
          fc
            .tuple(partial(said), fc.double({ min: 0, max: 1, noNaN: true }))
            .map(([all, share]) => thinned(all, share)),
          fc.record(transport(way, turn)).map(withoutAbsent),
          isGuarded ? ranges.map((allow) => ({ allow_from: allow })) : fc.constant({}),
          table(place),
        )
        .map(([all, reached, guard, routes]) => ({ ...all, ...reached, ...guard, ...routes }));
    });
}

/** A site's routes, with one that takes what is left: under "/", or said of the whole site. */
function table(place: Place): fc.Arbitrary<Authored> {
  const facts: Authored = Object.assign({}, ...place.services.map(factRoutes));
  const rest = fc.oneof(
    routeValue(place).map((value) => ({ under: value })),
    handler(place).map((value) => ({ whole: value })),
  );
  return fc
    .tuple(partial(Object.fromEntries(paths.map((key) => [key, routeValue(place)]))), maybe(group(place)), rest)
    .map(([some, deep, left]) => {
      const routes = {
        ...facts,
        ...some,
        ...(deep && { '/group': deep }),
        ...('under' in left && { '/': left.under }),
      };
      const whole = 'whole' in left ? left.whole : {};
      return { ...whole, ...(Object.keys(routes).length > 0 && { routes }) };
    });
}

/** `host: address` is a site too. */
export function siteValue(turn: number, mayRaw: boolean): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(`localhost:${9_000 + turn}`) },
    { weight: 9, arbitrary: site(turn, mayRaw) },
  );
}
