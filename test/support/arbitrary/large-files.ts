/** The size up to which a policy file is read. */
export const mebibyte = 2 ** 20;

const times = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join('');

/** Each below the size that is read, and so each something that anyone may be given to read. */
export const largeFiles: Readonly<Record<string, string>> = {
  '100,000 unknown keys': times(100_000, (n) => `k${n}: 1\n`),
  '100,000 keys that are the same': times(100_000, () => 'key: 1\n'),
  '100,000 keys of JSON': `{${times(99_999, (n) => `"${n}":1,`)}"x":1}`,
  '50,000 headers': `sites: {a.b: {to: "a:1", headers: {${times(50_000, (n) => `X-${n}: b,`)}}}}`,
  '30,000 routes': `sites: {a.b: {to: "a:1", routes: {${times(30_000, (n) => `/${n}: a:1,`)}}}}`,
  '20,000 routes with "*"': `sites: {a.b: {to: "a:1", routes: {${times(20_000, (n) => `/*/a/*/${n}: a:1,`)}}}}`,
  '20,000 sites': `sites: {${times(20_000, (n) => `a${n}.b: "a:1",`)}}`,
  '50,000 hosts of one site': `sites: {"${times(50_000, (n) => `a${n}.b,`)}c.d": "a:1"}`,
  '30,000 unknown services': `sites: {a.b: {to: "a:1", routes: {${times(30_000, (n) => `/${n}: service-${n},`)}}}}`,
  '20,000 typing slips': `services: {${times(2_000, (n) => `service-${n}: {at: "a:1"},`)}}\nsites: {a.b: {to: "a:1", routes: {${times(20_000, (n) => `/${n}: servce-${n},`)}}}}`,
  '9,000 services and their health': `services: {${times(9_000, (n) => `s${n}: {at: "a:1", health: /h${n}},`)}}\nsites: {a.b: {to: "a:1", routes: {${times(9_000, (n) => `/${n}: s${n},`)}}}}`,
  '20,000 presets in a chain': `presets: {p0: {log: true},${times(20_000, (n) => `p${n + 1}: {use: p${n}},`)}}\nsites: {a.b: {use: p20000, to: "a:1"}}`,
  'presets that double': `presets: {p0: {log: true},${times(60, (n) => `p${n + 1}: {use: [p${n}, p${n}]},`)}}\nsites: {a.b: {use: p60, to: "a:1"}}`,
  'paths times paths': `sites: {a.b: {to: "a:1", routes: {"${times(9_000, (n) => `/${n},`)}/x": {routes: {"${times(9_000, (n) => `/${n},`)}/y": "a:1"}}}}}`,
  'headers times routes': `sites: {a.b: {to: "a:1", headers: {${times(20_000, (n) => `X-${n}: b,`)}}, routes: {${times(20_000, (n) => `/${n}: a:1,`)}}}}`,
  'addresses times routes': `services: {s: {at: [${times(20_000, (n) => `"a:${n + 1}",`)}]}}\nsites: {a.b: {to: s, routes: {${times(20_000, (n) => `/${n}: s,`)}}}}`,
  'hosts times routes': `sites: {"${times(20_000, (n) => `a${n}.b,`)}c.d": {to: "a:1", routes: {${times(20_000, (n) => `/${n}: a:1,`)}}}}`,
  'conditions times routes': `sites: {a.b: {to: "a:1", routes: {/x: {when: {not: [${times(9_000, (n) => `{query: {q: "${n}"}},`)}]}, routes: {${times(9_000, (n) => `/${n}: a:1,`)}}}}}}`,
  'one host in 20,000 keys': `sites: {${times(20_000, (n) => `"a.b, c${n}.d": {routes: {/${n}: "a:1"}},`)}}`,
  'merges times keys': `x: &x {${times(20_000, (n) => `k${n}: 1,`)}}\ny: [${times(40_000, () => '{<<: *x},')}]`,
  'merges of lists of merges': `x: &x {${times(5_000, (n) => `k${n}: 1,`)}}\ny:\n${times(9_000, () => ` - <<: [*x, *x, *x, *x, *x, *x]\n`)}`,
  'a billion laughs': `a0: &a0 [x]\n${times(40, (n) => `a${n + 1}: &a${n + 1} [${times(9, () => `*a${n},`)}]\n`)}`,
  'aliases in a chain': `a0: &a0 [x]\n${times(30_000, (n) => `a${n + 1}: &a${n + 1} [*a${n}]\n`)}`,
  '60,000 anchors': times(60_000, (n) => `- &a${n} x\n`),
  '500,000 brackets': '['.repeat(500_000),
  '200,000 braces': '{a: '.repeat(200_000),
  '500,000 dashes': '- '.repeat(500_000),
  'a line of a mebibyte': `sites: ${'x'.repeat(mebibyte - 10)}`,
  'a quoted line of a mebibyte': `sites: {a.b: {respond: "${'\\n'.repeat(500_000)}"}}`,
  'a path of 500,000 segments': `sites: {a.b: {to: "a:1", routes: {"${'/a'.repeat(500_000)}": "a:1"}}}`,
  'a host of 500,000 labels': `sites: {"${'a.'.repeat(500_000)}b": "a:1"}`,
  'a pattern of 900,000 brackets': `sites: {a.b: {routes: {/: {when: {regex: "${'('.repeat(900_000)}"}, to: "a:1"}}}}`,
  '250,000 variables': `sites: {a.b: {respond: "${'${A}'.repeat(250_000)}"}}`,
  'a variable that never ends': `sites: {a.b: {respond: "${'${'.repeat(500_000)}"}}`,
  'a comment of a mebibyte': `#${'x'.repeat(mebibyte - 2)}`,
  'a block of 100,000 lines': `sites: {}\nx: |\n${times(100_000, () => '  x\n')}`,
  '100,000 documents': '---\nx\n'.repeat(100_000),
};
