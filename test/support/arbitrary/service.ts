import * as fc from 'fast-check';
import { type Authored, certificateFile, duration, keyFile, oneOrMore, partial } from './values.ts';

/** The services of every arbitrary set. `llm` is the sensitive one. */
export const serviceNames = ['api', 'web', 'shop_2', 'grpc', 'llm'] as const;
export type ServiceName = (typeof serviceNames)[number];

type Scheme = 'http' | 'https' | 'h2c';

const hosts = ['localhost', '127.0.0.1', '[::1]', 'app', 'backend_1', 'app.internal'];

function address(scheme: Scheme): fc.Arbitrary<string> {
  const dial = fc
    .tuple(fc.constantFrom(...hosts), fc.integer({ min: 7_000, max: 7_999 }))
    .map(([host, port]) => `${host}:${port}`);
  switch (scheme) {
    case 'http':
      return fc.oneof(
        dial,
        dial.map((text) => `http://${text}/`),
        fc.constant('unix//run/app.sock'),
        fc.constant('${HOST:-localhost}:${PORT:-7000}'),
      );
    case 'https':
      return fc.oneof(
        dial.map((text) => `https://${text}`),
        fc.constant('https://app.internal'),
      );
    case 'h2c':
      return dial.map((text) => `h2c://${text}`);
    default:
      return scheme satisfies never;
  }
}

/** What stands in a route for an app: one of these services, or addresses, all reached in one way. */
export function upstream(names: readonly ServiceName[]): fc.Arbitrary<unknown> {
  return names.length === 0
    ? addresses
    : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: addresses });
}

const addresses: fc.Arbitrary<unknown> = fc.oneof(
  address('http'),
  address('https'),
  fc.array(address('h2c'), { minLength: 1, maxLength: 2 }),
);

/** Paths that nobody else routes, so that a site which uses the service can lead them to it: see `factRoutes`. */
function factPaths(name: string): { health: string; streams: string[]; websocket: string } {
  return {
    health: `/${name}-health`,
    streams: [`/${name}-events`, `/${name}-jobs/*/log`, `=/${name}-tail`],
    websocket: `/${name}-ws/?token=`,
  };
}

/** The routes by which a site gives a service what is its own. */
export function factRoutes(name: ServiceName): Authored {
  const { health, streams } = factPaths(name);
  return Object.fromEntries([`=${health}`, ...streams].map((path) => [path, name]));
}

const hostValue = fc.constantFrom('app.internal', 'APP_1:8443', '10.0.0.7', '[::1]:80');

function service(name: ServiceName): fc.Arbitrary<Authored> {
  const facts = factPaths(name);
  const schemes: readonly Scheme[] = name === 'grpc' ? ['h2c'] : ['http', 'https'];
  return fc.constantFrom(...schemes).chain((scheme) =>
    partial(
      {
        at: oneOrMore(address(scheme)),
        health: fc.constantFrom(facts.health, `${facts.health}?full=1`),
        streams: fc.subarray(facts.streams),
        websocket: fc.oneof(fc.boolean(), fc.constantFrom(facts.websocket, [facts.websocket, '/ws'])),
        heartbeat: duration,
        max_upload: fc.constantFrom('10MiB', '10MB', 1_000_000),
        ...(name === 'llm' && { sensitive: fc.constant(true) }),
        ...(name === 'web' && { sensitive: fc.constant(false) }),
        host_header: fc.oneof(fc.constantFrom('client', 'upstream'), fc.record({ value: hostValue })),
        cookies: fc.constantFrom([], ['session_id']),
        balance: fc.oneof(
          fc.constantFrom('random', 'round_robin', 'least_conn', 'first', 'ip_hash', 'uri_hash'),
          fc.constantFrom({ cookie: 'lb' }, { header: 'x-tenant' }),
        ),
        passive: partial(
          {
            max_fails: fc.constantFrom(1, 5),
            fail_duration: duration,
            unhealthy_status: fc.constantFrom([], [502, 503]),
          },
          ['fail_duration'],
        ),
        retries: fc.nat({ max: 10 }),
        timeouts: partial({ connect: duration, first_byte: duration, idle: duration }),
        ...(scheme === 'https' && { tls: upstreamTls }),
      },
      ['at', ...(name === 'llm' ? ['sensitive'] : [])],
    ),
  );
}

const upstreamTls = fc
  .tuple(
    partial({ ca: oneOrMore(certificateFile), server_name: fc.constant('app.internal'), insecure: fc.constant(true) }),
    fc.option(fc.record({ certificate: certificateFile, key: keyFile })),
  )
  .map(([tls, own]) => ({ ...tls, ...own }));

export const services: fc.Arbitrary<Authored> = fc.record(
  Object.fromEntries(serviceNames.map((name) => [name, service(name)])),
);
