import * as fc from 'fast-check';
import type { Asked } from '../../../src/explain/asked.ts';
import type { Listener } from '../../../src/explain/host-index.ts';
import type { Model } from '../../../src/ir/model.ts';

/** The addresses that requests come from; the second is a trusted proxy of every set that trusts any. */
const sources = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;

/** Requests near what a model routes, in any spelling that clients and attackers have. */
export function requestsOf(
  { sites }: Pick<Model, 'sites'>,
  listeners: readonly Listener[],
  credentials: readonly string[],
): fc.Arbitrary<Asked> {
  const patterns = sites.flatMap((site) => site.routes.map(({ pattern }) => pattern.segments));
  const target = fc.tuple(pathOf(patterns), query).map(([path, asked]) => path + asked);
  const method = fc.oneof(
    { weight: 6, arbitrary: fc.constant('GET') },
    { weight: 4, arbitrary: fc.constantFrom('HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'get') },
  );
  const all = sites.flatMap((site) => site.hosts);
  const places = listeners.map(({ address, standOf }) => {
    // As a client would say a wildcard's.
    const here = all.filter((host) => standOf(host.replace('*', 'a')) !== undefined);
    return fc
      .oneof({ weight: 15, arbitrary: hostOf(here) }, { weight: 1, arbitrary: fc.constantFrom(...all) })
      .map((host) => ({ at: address, host }));
  });
  return fc
    .record({
      place: fc.oneof(...places),
      target,
      method,
      headers: headersOf(credentials),
      from: fc.constantFrom(...sources),
      protocol: fc.oneof({ weight: 19, arbitrary: fc.constant('http/1.1' as const) }, fc.constant('http/1.0' as const)),
      isAbsolute: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, fc.constant(true)),
    })
    .map(({ isAbsolute, place, ...asked }) => ({
      ...asked,
      ...place,
      target:
        isAbsolute && asked.target.startsWith('/') && place.host !== ''
          ? `http://${place.host}${asked.target}`
          : asked.target,
      from: place.at.startsWith('unix/') ? undefined : asked.from,
    }));
}

function hostOf(hosts: readonly string[]): fc.Arbitrary<string> {
  const known = fc.constantFrom(...hosts);
  const label = fc.constantFrom('a', 'B-1', 'x.y', '', '*', 'xn--bcher-kva');
  const real = fc.tuple(known, label).map(([host, first]) => host.replace('*', first));
  const cased = fc.tuple(real, fc.nat()).map(([host, dice]) => sprinkled(host, dice));
  return fc.oneof(
    { weight: 16, arbitrary: real },
    { weight: 8, arbitrary: cased },
    { weight: 2, arbitrary: fc.tuple(cased, fc.constantFrom(':80', ':8443', ':', ':x')).map((both) => both.join('')) },
    { weight: 1, arbitrary: real.map((host) => `${host}.`) },
    { weight: 1, arbitrary: real.map((host) => `sub.${host}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('unknown.test', '[::1]', '[::1]:80', '127.0.0.1', '', 'a b', 'ſ1.example.com'),
    },
  );
}

/** Some letters as capitals. */
function sprinkled(text: string, dice: number): string {
  return Array.from(text, (letter, index) => ((dice >> (index % 30)) & 1 ? letter.toUpperCase() : letter)).join('');
}

/** One way to write a path differently. */
const spellings: readonly ((path: string, dice: number) => string)[] = [
  (path) => `${path}/`,
  (path) => `${path}/x`,
  (path) => `${path}x`,
  (path) => `/${path}`,
  (path) => `/.${path}`,
  (path) => `/x/..${path}`,
  (path) => `${path}/..`,
  (path) => `${path}/../x`,
  (path) => `${path}/.`,
  (path) => `${path}/%2e%2E/x`,
  (path) => `/%2f${path}`,
  (path) => `${path}%2Fx`,
  (path) => `${path}%00`,
  (path) => `${path}%0a/x`,
  (path) => `${path}%C3%A9`,
  (path) => `${path}%ff`,
  (path) => `${path}\\..\\x`,
  (path) => `${path}/..;/x`,
  (path, dice) => `${path}${dice < 20 ? '%' : '%25'}`,
  (path) => `${path}#x`,
  (path) => `${path}|<x>`,
  (path) => path.replaceAll('/', '//'),
  (path) => path.toUpperCase(),
  (path) => path.toLowerCase(),
  (path) => path.replace('k', '%E2%84%AA').replace('s', '%C5%BF'),
  (path) => path.slice(0, -1),
  (path) => path.slice(1),
  (path, dice) => {
    const at = dice % Math.max(1, path.length);
    const code = path.charCodeAt(at);
    return code > 0x20 && code < 0x7f && path[at] !== '%'
      ? `${path.slice(0, at)}%${code.toString(16)}${path.slice(at + 1)}`
      : path;
  },
];

function pathOf(patterns: readonly (readonly string[])[]): fc.Arbitrary<string> {
  const filler = fc.constantFrom('7', 'x.php', 'Edit', 'c', 'deep', '*', 'a%20b', '');
  const known = fc
    .tuple(
      fc.constantFrom(...patterns, [], ['a', 'x.php'], ['42'], ['abc', 'x'], ['any', 'edit']),
      fc.array(filler, { minLength: 4, maxLength: 4 }),
      fc.nat({ max: 3 }),
    )
    .map(([segments, fillers, more]) => {
      const filled = segments.map((segment, index) =>
        segment === '*' ? (fillers[index % 4] ?? '') : encoded(segment),
      );
      // What is below a pattern is another pattern's as often as not.
      return `/${[...filled, ...(more === 0 ? fillers.slice(0, 1) : [])].join('/')}`;
    });
  const spelled = fc
    .tuple(known, fc.array(fc.tuple(fc.constantFrom(...spellings), fc.nat({ max: 200 })), { maxLength: 3 }))
    .map(([path, changes]) => changes.reduce((text, [change, dice]) => change(text, dice), path));
  return fc.oneof(
    { weight: 40, arbitrary: spelled },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '*',
        '',
        'x',
        'http:',
        'http:/a',
        'x:y',
        '//',
        '///a',
        '/a b',
        '/\u00e9',
        '/?',
        '/..',
        '/a/',
      ),
    },
  );
}

/** Encoded as clients do, and braces left as they are. */
function encoded(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%7B', '{').replaceAll('%7D', '}').replaceAll('%2A', '*');
}

const query = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constantFrom(
    '?',
    '?page=beta',
    '?page=',
    '?page',
    '?page=1&page=beta',
    '?page=text/*',
    '?page=*x',
    '?page=%7Ba%7D',
    '?a+b=beta',
    '?a%20b=*x&page=beta',
    '?{q}=beta',
    '?%7Bq%7D={a}',
    '?page=beta;x',
    '?page=beta&%',
    '?x=/../y',
    '?x=?y#z',
  ),
);

const word = fc.constantFrom('beta', 'text/html', 'xx', '{a}', '', 'no', 'a.example.com');
const hop = fc.constantFrom(
  '192.0.2.9',
  '10.0.0.1',
  '127.0.0.2',
  '198.51.100.7',
  '10.9.9.9',
  '2001:db8::1',
  'FD00::0:1',
  'junk',
  '',
  '::ffff:10.0.0.1',
  '[2001:db8::1]:80',
  '192.168.1.1:443',
  '010.0.0.1',
  'fe80::1%eth0',
);

function headersOf(credentials: readonly string[]): fc.Arbitrary<(readonly [string, string])[]> {
  const one = fc.oneof(
    fc.tuple(fc.constantFrom('accept', 'Accept', 'X-Stage', 'x-stage', 'X-A', 'X_Stage'), word),
    fc.tuple(
      fc.constant('X-Forwarded-For'),
      fc.array(hop, { minLength: 1, maxLength: 3 }).map((hops) => hops.join(', ')),
    ),
    fc.tuple(fc.constant('X-Forwarded-Proto'), fc.constantFrom('https', 'http', 'HTTPS')),
    fc.tuple(
      fc.constantFrom('X-Forwarded-Host', 'X-Forwarded-Port', 'Forwarded', 'X-Real-IP', 'Remote-User', 'X-Groups'),
      word,
    ),
    fc.tuple(fc.constant('Content-Type'), fc.constantFrom('application/grpc', 'application/grpc+proto', 'text/plain')),
    fc.tuple(
      fc.constant('Origin'),
      fc.constantFrom('https://app.example.com', 'http://localhost:5173', 'https://evil.example'),
    ),
    fc.tuple(
      fc.constant('Authorization'),
      fc.constantFrom(...credentials, 'Basic x', 'Bearer', 'Bearer wrong', 'Basic YWRhbQ=='),
    ),
    fc.tuple(fc.constant('Upgrade'), fc.constantFrom('websocket', 'h2c')),
    fc.tuple(
      fc.constantFrom('Cache-Control', 'x-frame-options', 'X-Zero', 'Pragma'),
      fc.constantFrom('no-cache', 'mine'),
    ),
    fc.tuple(fc.constantFrom('X-HTTP-Method-Override', 'X-Method-Override'), fc.constant('DELETE')),
  );
  const preflight = fc.constant([
    ['Origin', 'https://app.example.com'],
    ['Access-Control-Request-Method', 'POST'],
    ['Access-Control-Request-Headers', 'x-token'],
  ] as (readonly [string, string])[]);
  return fc
    .tuple(fc.array(one, { maxLength: 3 }), fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, preflight))
    .map(([some, more]) => [...more, ...some]);
}
