import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { forbiddenByName, namesDialled } from '../../src/ir/checks/forbidden.ts';

const target = { owner: 'default', httpPort: 80, httpsPort: 443, internalCa: true, env: {} };
const codesOf = (text: string, adminAddresses: readonly string[] = []) =>
  compile([{ path: 'p.yaml', text }], { ...target, adminAddresses }).diagnostics.map(({ code }) => code);
const site = (handler: string) => `sites: { a.example.com: { allow_from: private, ${handler} } }\n`;

describe("Caddy's admin API is no upstream", () => {
  test.each([
    'localhost:2019',
    'LOCALHOST:2019',
    'ip6-localhost:2019',
    'a.localhost:2019',
    '127.9.9.9:2019',
    '0.0.0.0:2019',
    '[::1]:2019',
    '[0:0:0:0:0:0:0:1]:2019',
    '[::]:2019',
    '[::ffff:127.0.0.1]:2019',
    '[::ffff:7f00:1]:2019',
  ])('%s', (address) => {
    expect(codesOf(site(`to: "${address}"`))).toContain('admin-upstream');
  });

  test('wherever it listens', () => {
    expect(codesOf(site('to: "10.0.0.1:3000"'), ['10.0.0.1:3000'])).toContain('admin-upstream');
    expect(codesOf(site('to: "10.0.0.1:3001"'), ['10.0.0.1:3000'])).not.toContain('admin-upstream');
  });

  test('another machine may have one of its own', () => {
    expect(codesOf(site('to: "https://10.0.0.1:2019"'))).not.toContain('admin-upstream');
  });
});

test.each([
  ['127.0.0.1:9020', ['localhost:9020', '[::ffff:127.0.0.1]:9020', '127.8.8.8:9020']],
  ['10.0.0.1:9020', ['10.0.0.1:9020']],
])('a status that was moved to %s is no upstream either', (moved, spelt) => {
  for (const address of spelt) {
    const sources = [{ path: 'p.yaml', text: site(`to: "https://${address}"`) }];
    const codes = (statusAddresses: readonly string[]) =>
      compile(sources, { ...target, statusAddresses }).diagnostics.map(({ code }) => code);
    expect(codes([moved])).toContain('status-upstream');
    expect(codes([])).not.toContain('status-upstream');
  }
});

/** Spellings of one IPv4 address that a system's resolver or Go takes for it. */
function spellings(address: string): string[] {
  const octets = address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  const [high, low] = [a * 256 + b, c * 256 + d];
  const whole = high * 65_536 + low;
  const hex = (n: number): string => n.toString(16);
  const numbers = [
    address,
    octets.map((n) => `0x${hex(n)}`).join('.'),
    octets.map((n) => `0${n.toString(8)}`).join('.'),
    `${whole}`,
    `0x${hex(whole)}`,
    `0X${hex(whole).toUpperCase()}`,
    `0${whole.toString(8)}`,
    `${a}.${b}.${low}`,
    `${a}.${b * 65_536 + low}`,
    `0x${hex(a)}.${b}.0${c.toString(8)}.${d}`,
    `${address}.`,
  ];
  const six = [
    `::ffff:${address}`,
    `::FFFF:${address}`,
    `::ffff:${hex(high)}:${hex(low)}`,
    `0:0:0:0:0:ffff:${hex(high)}:${hex(low)}`,
    `0000:0000:0000:0000:0000:FFFF:${hex(high)}:${hex(low)}`,
    `::ffff:${address}%lo`,
  ];
  return [...numbers, ...six.map((text) => `[${text}]`)];
}

describe('200 spellings of what no route may reach', () => {
  const forbidden = [
    ...[
      ...spellings('127.0.0.1'),
      'localhost',
      'LocalHost',
      'localhost.',
      'x.localhost',
      '[::1]',
      '[::]',
      '[::1%lo]',
    ].flatMap((host) => [`${host}:2019`, `${host}:2020`]),
    ...[
      ...spellings('169.254.169.254'),
      ...spellings('100.100.100.200'),
      '[fe80::1]',
      '[FE80::a%eth0]',
      '[fd00:ec2::254]',
      '[fd00:0ec2:0:0:0:0:0:254]',
      '[64:ff9b::169.254.169.254]',
      '[2002:a9fe:a9fe::1]',
      'metadata.google.internal',
      'METADATA.google.internal.',
      'instance-data',
    ].map((host) => `${host}:80`),
    'unix//run/../run/caddy/./admin.sock',
    'unix//run//caddy/admin.sock',
    'unix///run/caddy/admin.sock',
    '127.0.0.3:3333',
    'localhost:3333',
    '[::ffff:127.0.0.1]:3333',
  ];
  const admin = ['unix//run/caddy/admin.sock', '127.0.0.1:3333'];
  const refusals = ['address', 'admin-upstream', 'metadata-upstream', 'status-upstream'];
  const raw = (dial: string) => `raw: [{ handler: reverse_proxy, upstreams: [{ dial: "${dial}" }] }]`;
  const cases = forbidden.flatMap((dial) => [
    [dial, `to: "${dial}"`] as const,
    [`raw ${dial}`, raw(dial)] as const,
    ...(dial.startsWith('unix') ? [] : ([[`raw tcp/${dial}`, raw(`tcp/${dial}`)]] as const)),
  ]);

  test.each([...cases, ['raw :2019', raw(':2019')] as const, ['raw :2020', raw(':2020')] as const])(
    '%s',
    (_, handler) => {
      expect(codesOf(site(handler), admin).some((code) => refusals.includes(code))).toBe(true);
    },
  );

  test('are as many', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
  });
});

test('the status of another machine, and a socket of ours with a lock before it, may be reached', () => {
  expect(codesOf(site('to: "https://10.0.0.1:2020"'))).not.toContain('status-upstream');
  expect(codesOf(site('to: "unix//run/caddyctl/status.sock"'))).toEqual([]);
});

describe('handlers of Caddy itself reach no further', () => {
  const raw = (dial: string) =>
    `raw: [{ handler: subroute, routes: [{ handle: [{ handler: reverse_proxy, upstreams: [{ dial: "${dial}" }] }] }] }]`;

  test.each(['localhost:2019', 'tcp/127.0.0.1:2019', '[::1]:2019', 'unix//run/admin.sock'])(
    'the admin API at %s',
    (dial) => {
      expect(codesOf(site(raw(dial)), ['unix//run/admin.sock'])).toEqual(['admin-upstream']);
    },
  );

  test('ports that are never to be exposed', () => {
    expect(codesOf(`global: { never_expose: [6379] }\n${site(raw('cache:6379'))}`)).toEqual(['never-exposed']);
    expect(codesOf(`global: { never_expose: [6379] }\n${site(raw('cache:6380'))}`)).toEqual([]);
  });
});

describe('names that lead where no route may', () => {
  const forbiddenHere = (addresses: readonly string[], dial = 'evil.test:2019') => {
    const { model } = compile([{ path: 'p.yaml', text: site(`to: "https://${dial}"`) }], target);
    if (model === undefined) throw new Error('it does not compile');
    expect([...namesDialled(model)]).toEqual(['evil.test']);
    const guarded = { adminAddresses: ['10.0.0.1:3000'], statusAddresses: ['127.0.0.1:3333'] };
    return forbiddenByName(model, guarded, new Map([['evil.test', addresses]])).map(({ message }) => message);
  };

  test.each([
    ['127.0.0.1', "Caddy's admin API"],
    ['::1', "Caddy's admin API"],
    ['::ffff:127.0.0.1', "Caddy's admin API"],
    ['127.9.9.9', "Caddy's admin API"],
    ['169.254.169.254', 'credentials'],
    ['::ffff:a9fe:a9fe', 'credentials'],
    ['fd00:ec2::254', 'credentials'],
    ['100.100.100.200', 'credentials'],
    ['fe80::1', 'credentials'],
  ])('%s', (address, what) => {
    expect(forbiddenHere([address])).toEqual([expect.stringContaining(what)]);
    const [said] = forbiddenHere(['192.0.2.1', '127.0.0.1'], 'EVIL.test:2019');
    expect(said).toMatch(/^EVIL\.test:2019 leads to 127\.0\.0\.1, which is Caddy's admin API/);
  });

  test('other ports of the same addresses, and other addresses', () => {
    expect(forbiddenHere(['10.0.0.1'], 'evil.test:3000')).toHaveLength(1);
    expect(forbiddenHere(['127.0.0.5'], 'evil.test:3333')).toEqual([expect.stringContaining('status')]);
    expect(forbiddenHere(['127.0.0.1', '10.0.0.1', '192.0.2.1', '2001:db8::1'], 'evil.test:8080')).toEqual([]);
    expect(forbiddenHere([])).toEqual([]);
  });

  test('an address of IPv6 that only a zone makes whole is not dialled where there is another', () => {
    expect(forbiddenHere(['fe80::1', '192.0.2.1'])).toEqual([]);
  });
});
