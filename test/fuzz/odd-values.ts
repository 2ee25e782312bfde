import { pick, type Random } from '../support/random.ts';

/** Values at the edge of what fields take, and beyond it: a config of any that passes must please Caddy. */
const texts: readonly string[] = [
  ...['', ' ', 'a', 'A', '0', '-1', 'true', 'null', '~', '<<', '=', '*', '**', '/', '//', '/*', '=/', '=/*', '/*/*'],
  ...['/a/', '/a/*', '=/a/', '/*/b', '/a b', '/é', '/\\', '/;x', '/{x}', '/{http.request.uri}', '/%41', '/..', '/./a'],
  ...[
    '/🙂',
    '/"',
    "/'",
    '/`',
    '/$',
    '/|',
    '/^',
    '/[a]',
    '/a?b',
    '/a#b',
    '/a,/b',
    '/a, /b,',
    ',',
    '/\u200b',
    '/ß',
    '/İ',
  ],
  ...['a.b', '*.a.b', '*.*', '*', 'a..b', '.a', 'a.', 'A.B', 'xn--a', 'xn--80ak6aa92e.com', 'ä.de', '1.2.3.4', '1.2.3'],
  ...['[::1]', '::1', 'a_b.c', '-a.b', 'a-.b', `${'a'.repeat(63)}.b`, `${'a'.repeat(64)}.b`, `${'a.'.repeat(126)}b`],
  ...['a:1', 'a:0', 'a:65535', 'a:65536', 'https://a', 'http://a:80', 'h2c://a:1', '[::1]:1', '[::]:80', '0:1', ':80'],
  ...['unix//run/a.sock', 'unix//a b', 'localhost:2019', '127.0.0.1:2019', '0x7f.1:80', '127.1:1', '[::ffff:7f00:1]:2'],
  ...['169.254.169.254:80', 'fd/3', 'udp/a:1', 'a:1-3', 'https://a/b', 'https://u:p@a:1', 'a:00080', '127.0.0.1:443'],
  ...[
    '0s',
    '1ms',
    '365d',
    '366d',
    '1h1h',
    '1.5s',
    '9999999999s',
    '0d',
    '1ns',
    '30',
    '1s ',
    '0B',
    '1B',
    '1.5B',
    '0.5KiB',
  ],
  ...['1GiB', '8EiB', '9007199254740991B', '9007199254740992B', '1e3B', '25MB', '25 MiB', '1TiB', '00001MiB', 'none'],
  ...[
    '0.0.0.0/0',
    '::/0',
    '10.0.0.1/8',
    '10.0.0.0/33',
    'private',
    'private,private',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
  ],
  ...['::ffff:10.0.0.0/96', '::ffff:10.0.0.0/95', '1.2.3.4/32', '1.2.3.4/0', '010.0.0.1', '2001:db8::/129', 'any', ','],
  ...['X-A', 'x-a', 'Host', 'host', 'Content-Length', 'Transfer-Encoding', 'Set-Cookie', 'X_A', ':path', 'X A', 'X-É'],
  ...['Connection', 'Server', 'Via', 'Date', 'Vary', 'Authorization', 'Cookie', 'X-Forwarded-For', 'Content-Type', '!'],
  ...['{', '}', '{}', '{{', '}}', '\\{', '{env.HOME}', '{http.vars.a}', '{$HOME}', '${HOME}', '${A:-b}', '$${A}', '$1'],
  ...[
    'GET',
    'get',
    'TRACE',
    'CONNECT',
    'M-SEARCH',
    'http/1.1',
    'http/2+',
    'grpc',
    'h1',
    'h2',
    'h3',
    'h2c',
    'auto',
    'off',
  ],
  ...[
    'https://a.b',
    'http://a.b/c',
    'https://a.b:0',
    'https://a.b:99999',
    'https://A.b',
    'HTTPS://a.b',
    '//a.b',
    '/a//b',
  ],
  ...[
    'https://{http.request.host}/',
    'https://a.b/?x={y}',
    'https://a b',
    'javascript:x',
    'https://[::1]',
    'https://é.de',
  ],
  ...[
    '404',
    '4xx',
    '5xx',
    '499',
    '600',
    '200',
    '04',
    'secure',
    'plain',
    'gate',
    'api',
    'web',
    'llm',
    'TOKEN',
    'text/*',
  ],
  ...[
    '"',
    "'",
    '\\',
    '`',
    '#',
    ': ',
    '- ',
    '? ',
    '|',
    '>',
    '&a',
    '*a',
    '!a',
    '%YAML',
    '---',
    '...',
    '@',
    '\u2028',
    '\u00a0',
  ],
  ...[
    '\u202e',
    '\ufeff',
    '\ufffe',
    '\u0085',
    '\u0007',
    '\r\n',
    '\t',
    '\ud83d\ude00',
    'e\u0301',
    '\u{10ffff}',
    'ﬃ',
    'İ',
  ],
  ...['no-store', 'text/html; charset=utf-8', 'a=b; c', '*', 'W/"x"', 'bytes', 'a'.repeat(300), 'é'.repeat(500)],
  ...[
    '{http.request.method} == "GET"',
    'true',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '@id',
    'length',
  ],
];

const numbers: readonly number[] = [
  ...[
    0, -0, 1, -1, 2, 10, 99, 100, 199, 200, 204, 301, 304, 308, 399, 400, 404, 499, 599, 600, 999, 1_000, 1_023, 1_024,
  ],
  ...[65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 0.5, 1.5, -1.5, 1e-7, 1e15, 6_379, 2_019, 443, 80],
];

const patterns: readonly string[] = [
  ...[
    'a',
    'é',
    '.',
    '^',
    '$',
    '|',
    '(',
    ')',
    '(?:',
    '(?P<n>',
    '(?<m>',
    '(?i)',
    '(?s-m:',
    '(?U)',
    '(?=',
    '(?<!',
    '(?#',
    '(?',
  ],
  ...[
    '*',
    '+',
    '?',
    '*?',
    '++',
    '{2}',
    '{1,}',
    '{1,3}',
    '{3,1}',
    '{,3}',
    '{1000}',
    '{1001}',
    '{',
    '}',
    '[',
    ']',
    '[^',
    'a-z',
  ],
  ...[
    'z-a',
    '-',
    '&&',
    '[:alpha:]',
    '[[:word:]]',
    '[[:^digit:]]',
    '[[:no:]]',
    '\\d',
    '\\D',
    '\\w',
    '\\s',
    '\\b',
    '\\B',
    '\\A',
  ],
  ...[
    '\\z',
    '\\Z',
    '\\C',
    '\\Q',
    '\\E',
    '\\pL',
    '\\p{Greek}',
    '\\P{^Lu}',
    '\\p{No}',
    '\\pZs',
    '\\p{}',
    '\\x41',
    '\\x{10ffff}',
  ],
  ...[
    '\\x{110000}',
    '\\x4',
    '\\07',
    '\\18',
    '\\1',
    '\\k<n>',
    '\\.',
    '\\/',
    '\\é',
    '\\_',
    '\\-',
    '\\a',
    '\\e',
    '\\u0041',
    '/',
  ],
];

export function oddPattern(random: Random): string {
  return Array.from({ length: 1 + random(8) }, () => pick(random, patterns)).join('');
}

export function oddText(random: Random): string {
  switch (random(8)) {
    case 0:
      return oddPattern(random);
    case 1:
      return pick(random, texts) + pick(random, texts);
    case 2:
      return `${pick(random, ['/', '=/', '/a/', 'https://', '*.', 'unix//', '${'])}${pick(random, texts)}`;
    default:
      return pick(random, texts);
  }
}

export function oddValue(random: Random): unknown {
  switch (random(12)) {
    case 0:
      return pick(random, [true, false, null, [], {}, [[]], [null], { a: 1 }, { '': '' }]);
    case 1:
    case 2:
      return pick(random, numbers);
    case 3:
      return Array.from({ length: random(4) }, () => oddText(random));
    case 4:
      return { [oddText(random)]: oddValue(random) };
    default:
      return oddText(random);
  }
}
