import * as fc from 'fast-check';

/** A map as a policy file has it. */
export type Authored = Record<string, unknown>;

/** A key that is left out every other time. */
export const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });

/** A map of which each key may be left out, but for those that are needed. */
export function partial(
  keys: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  needed: readonly string[] = [],
): fc.Arbitrary<Authored> {
  return fc
    .record(
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [key, needed.includes(key) ? value : maybe(value)]),
      ),
    )
    .map(withoutAbsent);
}

export function withoutAbsent(map: Authored): Authored {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}

/** A value alone, or a list of values. */
export const oneOrMore = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));

const notOneLine = /\p{Cc}|\p{Cn}|\p{Co}|\p{Cs}/u;

/** One line of text as it is meant, and how a policy says it: `${` would begin a variable. */
export const line: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(
      '',
      'a',
      'no-store',
      '{env.HOME}',
      '{http.request.uri}',
      '\\{x\\}',
      'it\'s; "so": #1',
      ' x ',
      'é ß 漢 🙂',
      '1',
      'true',
      '${',
      '%7B',
    ),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  )
  .filter((text) => !notOneLine.test(text))
  .map((text) => text.replaceAll('${', () => '$${'));

export const paragraph: fc.Arbitrary<string> = fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n'));

export const path = fc.constantFrom('/', '/a', '/a/b', '/x y', '/é', '/{b}', '/a.html', '/$1');
export const pathWithQuery = fc.constantFrom('/health', '/health?full=1', '/a/b?x={y}&z=1', '/ws/?token=');
export const duration = fc.constantFrom('500ms', '1s', '30s', '5m', '1h30m', '1d', '0s');
export const size = fc.constantFrom('10MiB', '25MB', '1GiB', '50000kB', 52_428_800, '10485760B', '1.5GiB');
export const ranges = oneOrMore(
  fc.constantFrom(
    'private',
    'loopback, tailscale',
    '10.0.0.0/8',
    '192.0.2.7',
    '127.0.0.1',
    '127.0.0.2/31',
    '198.51.100.0/24',
    'fd00::/8',
    '2001:db8::1',
    '${ALLOWED:-private}',
  ),
);
export const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');
export const certificateFile = fc.constantFrom('/etc/ssl/app.pem', '/etc/ssl/other.pem');
export const keyFile = fc.constantFrom('/etc/ssl/app.key', '/etc/ssl/other.key');
export const secret = fc.constantFrom({ env: 'TOKEN' }, { env: 'OTHER_TOKEN' }, { file: '/run/secrets/token' });
export const target = fc.constantFrom(
  'https://example.com',
  'https://example.com/{a}/',
  'http://example.org:8080/b',
  '/there',
  '/a%20b',
);
export const origin = fc.constantFrom('https://app.example.com', 'http://localhost:5173', 'https://[::1]:8443');

/** Header names, some of them in odd case, each once. */
export const headerNames = [
  'X-Frame-Options',
  'x-powered-by',
  'CACHE-CONTROL',
  'Strict-Transport-Security',
  'Content-Security-Policy',
  'X-{0}'.replace('{0}', 'Zero'),
] as const;

/** The names of all secrets that an arbitrary policy finds in Caddy's environment. */
export const secretNames: readonly string[] = ['TOKEN', 'OTHER_TOKEN'];
