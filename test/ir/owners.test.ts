import { type Arbitrary, array, assert, constantFrom, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { dialRights } from '../../src/ir/owners/reaches.ts';
import { ownerOf } from '../../src/ir/owners/owners.ts';
import { address, parseHost } from '../../src/policy/schema/network.ts';
import { ownersFile } from '../../src/policy/schema/owners.ts';
import { goldenTarget } from '../support/golden.ts';
import { owned } from '../support/owners.ts';

const rules = `owners:
  web: { folder: web, hosts: [example.com, bücher.example, 192.0.2.7] }
  shop: { folder: shop, hosts: [shop.example.com, laden.bücher.example] }
`;

/** What becomes of a site of web that is called so. */
function asked(host: string) {
  const text = JSON.stringify({ sites: { [host]: { respond: 'mine' } } });
  return compile([{ path: 'web/site.yaml', text }], { ...goldenTarget, owners: owned(rules) });
}

/** One host in many spellings, some of which are none. */
const spelling = (host: string): Arbitrary<string> =>
  tuple(
    array(constantFrom('keep', 'upper', 'wide', 'percent'), { minLength: host.length, maxLength: host.length }),
    constantFrom('.', '.', '\u3002', '\uff0e', '\uff61'),
    constantFrom('', '', '.', '\u3002', '..', ' '),
    constantFrom('', '', '', ' ', '\t', '\u00ad', '\u200d'),
  ).map(([ways, dot, end, start]) => {
    const letters = Array.from(host, (letter, at) => {
      const code = letter.codePointAt(0) ?? 0;
      if (letter === '.') return dot;
      if (letter === '*') return letter;
      if (ways[at] === 'upper') return letter.toUpperCase();
      if (ways[at] === 'wide' && code > 0x20 && code < 0x7f) return String.fromCodePoint(code + 0xfee0);
      if (ways[at] === 'percent' && host.length % 3 === 0)
        return encodeURIComponent(letter).replace(/^[a-z]$/, `%${code.toString(16)}`);
      return letter;
    });
    return start + letters.join('') + end;
  });

describe('hosts, however they are spelt', () => {
  const foreign = [
    'com',
    '*.com',
    'example',
    'notexample.com',
    'example.com.evil.test',
    'example.org',
    '*.example.org',
    'shop.example.com',
    'a.shop.example.com',
    '*.shop.example.com',
    '*.example.com',
    'laden.bücher.example',
    'xn--bcher-kva.example.evil.test',
    'laden.xn--bcher-kva.example',
    'x.laden.bücher.example',
    '192.0.2.8',
    '*.bücher.example',
    '*',
    'localhost',
    'xexample.com',
    'bucher.example',
  ];
  const own = [
    'example.com',
    'a.example.com',
    'a.b.example.com',
    '*.a.example.com',
    'bücher.example',
    'xn--bcher-kva.example',
    '192.0.2.7',
  ];

  test("what is another's or nobody's never passes: 500 of them", () => {
    let hosts = 0;
    assert(
      property(constantFrom(...foreign).chain(spelling), (host) => {
        const { config, diagnostics } = asked(host);
        expect(config).toBeUndefined();
        if (!('value' in parseHost(host.trim()))) return;
        hosts++;
        expect(diagnostics).toMatchObject([{ code: 'owner-host', severity: 'error' }]);
      }),
      { numRuns: 500, seed: 6 },
    );
    expect(hosts).toBeGreaterThan(200);
  });

  test("what is one's own is never called another's: 500 of them", () => {
    let passed = 0;
    assert(
      property(constantFrom(...own).chain(spelling), (host) => {
        const { config, diagnostics } = asked(host);
        expect(diagnostics.filter(({ code }) => code.startsWith('owner-'))).toEqual([]);
        passed += Number(config !== undefined);
      }),
      { numRuns: 500, seed: 6 },
    );
    expect(passed).toBeGreaterThan(200);
  });

  test('one that has all has what no other has', () => {
    const owners = owned('owners: { ops: { folder: ops, hosts: "*" }, web: { folder: web, hosts: example.com } }');
    const of = (host: string) =>
      compile([{ path: 'ops/a.yaml', text: `sites: { "${host}": { respond: x } }` }], { ...goldenTarget, owners });
    expect(of('other.test').config).toBeDefined();
    expect(of('192.0.2.1').config).toBeDefined();
    for (const host of ['example.com', 'a.example.com', '*.com', '*.example.com'])
      expect(of(host).config).toBeUndefined();
  });
});

describe('upstreams, however they are spelt', () => {
  const mayDial = (rule: string, text: string): boolean => {
    const parsed = ownersFile.parse({ owners: { web: { folder: 'web', upstreams: [rule] } } });
    return dialRights(parsed.owners['web']?.upstreams ?? [])(address.parse(text));
  };

  test.each([
    ['10.1.0.0/16:8000-8999', '10.1.255.1:8999'],
    ['10.1.0.0/16:8000-8999', '[::ffff:10.1.2.3]:8000'],
    ['10.1.0.0/16:8000-8999', 'https://[::ffff:a01:203]:8000'],
    ['10.1.2.3', '10.1.2.3:1'],
    ['loopback:3000', 'localhost:3000'],
    ['loopback:3000', '[::1]:3000'],
    ['localhost:3000', 'LOCALHOST:3000'],
    ['[fd00::]/8:80', 'http://[FD12::1]'],
    ['app:3000', 'h2c://APP:3000'],
    ['*.web.internal:80', 'a.b.WEB.internal:80'],
    ['unix//run/web/*', 'unix//run/web/a.sock'],
    ['unix//run/web/*', 'unix//run//web/./b/../a.sock'],
    ['unix//run/web.sock', 'unix//run/web.sock'],
  ])('%s lets one reach %s', (rule, text) => {
    expect(mayDial(rule, text)).toBe(true);
  });

  test.each([
    ['10.1.0.0/16:8000-8999', '10.1.2.3:9000'],
    ['10.1.0.0/16:8000-8999', '10.1.2.3:7999'],
    ['10.1.0.0/16:8000-8999', '10.2.0.1:8000'],
    ['10.1.0.0/16:8000-8999', '[::ffff:10.2.0.1]:8000'],
    ['10.1.0.0/16:8000-8999', '[64:ff9b::10.1.2.3]:8000'],
    ['10.1.0.0/16:80', 'http://10.1.example'],
    ['10.1.0.0/16', 'localhost:80'],
    ['app:3000', '127.0.0.1:3000'],
    ['app:3000', 'app.evil.test:3000'],
    ['*.web.internal:80', 'web.internal:80'],
    ['*.web.internal:80', 'xweb.internal:80'],
    ['unix//run/web/*', 'unix//run/web/../caddy/admin.sock'],
    ['unix//run/web/*', 'unix//run/webx/a.sock'],
    ['unix//run/web.sock', 'unix//run/web.sock2'],
    ['unix//run/web/*', '10.1.2.3:80'],
  ])('%s does not let one reach %s', (rule, text) => {
    expect(mayDial(rule, text)).toBe(false);
  });
});

describe('whose a file is', () => {
  const owners = owned(
    'owners: { ops: { folder: "." }, web: { folder: teams/web }, deep: { folder: teams/web/deep } }',
  );
  const whose = (path: string, real?: string): string | undefined =>
    ownerOf(owners, { path, ...(real && { real }) })?.name;

  test('of the innermost folder', () => {
    expect(whose('a.yaml')).toBe('ops');
    expect(whose('teams/web/a.yaml')).toBe('web');
    expect(whose('./teams/./web/deep/a.yaml')).toBe('deep');
    expect(whose('teams/webx/a.yaml')).toBe('ops');
    expect(whose('teams/web/../a.yaml')).toBe('ops');
    expect(whose('/elsewhere/a.yaml')).toBeUndefined();
  });

  test("a link makes no file one's own, and none another's", () => {
    expect(whose('teams/web/a.yaml', '/set/teams/web/deep/b.yaml')).toBe('deep');
    expect(whose('teams/web/a.yaml', '/tmp/evil.yaml')).toBe('web');
  });
});

describe('names', () => {
  const two = `owners:
  a: { folder: a, hosts: a.test, upstreams: "localhost:1111" }
  web: { folder: web, hosts: web.test, upstreams: "localhost:2222", use: [ops/login] }
  ops: { folder: ops, hosts: ops.test, upstreams: "localhost:3333" }
`;
  const set = (files: Readonly<Record<string, string>>) =>
    compile(
      Object.entries(files).map(([path, text]) => ({ path, text })),
      { ...goldenTarget, owners: owned(two) },
    );
  const dials = (files: Readonly<Record<string, string>>): string[] =>
    [...JSON.stringify(set(files).config ?? {}).matchAll(/"dial":"([^"]+)"/g)].map(([, dial = '']) => dial).toSorted();

  test('two owners can call two services alike, and each means its own', () => {
    const files = {
      'a/a.yaml': 'services: { app: { at: localhost:1111 } }\nsites: { a.test: app }',
      'web/a.yaml': 'services: { app: { at: localhost:2222 } }\nsites: { web.test: app }',
    };
    expect(set(files).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(dials(files)).toEqual(['localhost:1111', 'localhost:2222']);
  });

  test("what one may use of another is that one's, with all that it names itself", () => {
    const files = {
      'a/a.yaml': 'services: { gate: { at: localhost:1111 } }\npresets: { login: { hide_server: true } }',
      'ops/a.yaml':
        'services: { gate: { at: localhost:3333 } }\npresets: { login: { auth: { forward: { to: gate, path: /x } } } }',
      'web/a.yaml': 'services: { gate: { at: localhost:2222 } }\nsites: { web.test: { use: login, to: gate } }',
    };
    expect(dials(files)).toEqual(['localhost:2222', 'localhost:3333']);
  });

  test('a shipped preset that one owner redefines is what it was for all others', () => {
    const secure = 'presets: { secure: { headers: { X-Frame-Options: ALLOWALL } } }';
    const victim = { 'web/a.yaml': 'sites: { web.test: { use: secure, respond: hello } }' };
    const config = set({ ...victim, 'a/a.yaml': secure }).config;
    expect(config).toBeDefined();
    expect(config).toEqual(set(victim).config);
  });
});

describe('breaches', () => {
  test('are errors whatever global.diagnostics says, and no warning can be one', () => {
    const owners = owned(
      'owners: { a: { folder: a, hosts: a.test, may: global }, web: { folder: web, hosts: web.test } }',
    );
    const quiet = { path: 'a/q.yaml', text: 'global: { diagnostics: { owner-host: "off" } }' };
    const bad = { path: 'a/a.yaml', text: 'sites: { web.test: { respond: x } }' };
    const { config, diagnostics } = compile([quiet, bad], { ...goldenTarget, owners });
    expect(config).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'diagnostic-code' }, { code: 'owner-host', severity: 'error' }]);
  });

  test("of one file do not make another's file look wrong", () => {
    const owners = owned(rules);
    const sources = [
      { path: 'shop/z.yaml', text: 'sites: { shop.example.com: { respond: mine } }' },
      { path: 'web/a.yaml', text: 'sites: { shop.example.com: { respond: taken } }' },
    ];
    const { diagnostics } = compile(sources, { ...goldenTarget, owners });
    expect(diagnostics.map(({ place }) => place?.file.path)).toEqual(['web/a.yaml']);
  });

  test('one that unfolds to more than its share takes nothing from what another may have', () => {
    const headers = Array.from({ length: 1_000 }, (_, n) => `X-${n}: v`).join(', ');
    const routes = Array.from({ length: 1_100 }, (_, n) => `/r${n}: { deny: 404 }`).join(', ');
    const big = (host: string, more = '') =>
      `sites: { ${host}: { headers: { ${headers} }, routes: { /: { deny: 404 }${more} } } }`;
    const sources = [
      { path: 'shop/z.yaml', text: big('shop.example.com') },
      { path: 'web/a.yaml', text: big('example.com', `, ${routes}`) },
    ];
    const { diagnostics } = compile(sources, { ...goldenTarget, owners: owned(rules) });
    expect(diagnostics).toMatchObject([{ code: 'set-too-large', place: { file: { path: 'web/a.yaml' } } }]);
    expect(diagnostics[0]?.message).toContain('1000000');
  });

  test('a set whose owners nobody read is never compiled as if there were none', () => {
    expect(() => compile([], { ...goldenTarget, ownersFile: 'owners.yaml' })).toThrow('owners.yaml');
  });
});
