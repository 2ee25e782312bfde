import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Asked } from '../../src/explain/asked.ts';
import type { End } from '../../src/explain/answer.ts';
import { differences } from '../support/explain/compare.ts';
import { type Loaded, Scene } from '../support/explain/scene.ts';

/** What random requests found, and what is easily got wrong: asked of a real Caddy and of explain, and told by hand too. */
const policy = `
services:
  app: { at: localhost:7000 }
sites:
  strip.test:
    tls: off
    routes:
      /: { to: app, rewrite: { strip_prefix: /a } }
      /é: { to: app, rewrite: { strip_prefix: /é } }
      /both: { to: app, rewrite: { strip_prefix: /both, add_prefix: /new } }
      /wide: { to: app, rewrite: { strip_prefix: /wide/deep, add_prefix: /new } }
      /slash: { to: app, rewrite: { strip_prefix: /slash/ } }
      /all: { to: app, rewrite: { strip_prefix: / } }
  letters.test:
    tls: off
    routes:
      /: { respond: root }
      /ski: { respond: literal }
      /ski/*/x: { respond: pattern }
      /query: [{ when: { query: { q: false } }, respond: none }, { respond: some }]
      /glob: [{ when: { path_glob: "/glob/a?c" }, respond: one }, { when: { path_glob: "*//*" }, respond: two }, { respond: other }]
      /upgrade: [{ when: { header: { Upgrade: true } }, respond: yes }, { respond: no }]
      /fresh: [{ when: { header: { Cache-Control: no-cache } }, respond: fresh }, { respond: any }]
  "*.wild.test": { tls: off, respond: wild }
  proxied.test:
    tls: off
    trusted_proxies: 127.0.0.2
    routes:
      /: app
      /in: { allow_from: 10.0.0.0/8, respond: in }
  gate.test:
    tls: internal
    to: app
    request_headers: { X-Zero: { add: " x " } }
    auth: { forward: { to: app, path: /ask, copy_headers: [Remote-User] } }
  gone.test: { tls: off, errors: { 404: { body: lost, status: 410 }, 4xx: { redirect: /sorry } }, routes: { /: { deny: 404 }, /no: { deny: true } } }
`;

type Told = Partial<Asked> & { readonly says: string };
const at = (host: string, target: string, says: string, more: Partial<Asked> = {}): Told => ({
  host,
  target,
  says,
  ...more,
});

const preflight = [
  ['Origin', 'https://a.test'],
  ['Access-Control-Request-Method', 'GET'],
] as const;

const cases: Readonly<Record<string, readonly Told[]>> = {
  'a prefix is stripped at the end of a segment, or not at all': [
    at('strip.test', '/a/b', 'GET /b'),
    at('strip.test', '/a', 'GET /'),
    at('strip.test', '/A/b', 'GET /b'),
    at('strip.test', '/%61/b', 'GET /b'),
    at('strip.test', '/a%20b', 'GET /a%20b'),
    at('strip.test', '/ahttp://x/y', 'GET /ahttp://x/y'),
    at('strip.test', '/wide/deep/x', 'GET /new/x'),
    at('strip.test', '/wide/deeper', 'GET /new/wide/deeper'),
  ],
  'what is left of a path begins with a slash': [
    at('strip.test', '/a%2Fb', 'GET /%2Fb'),
    at('strip.test', '/slash/x', 'GET /x'),
    at('strip.test', '/slash', 'GET /'),
    at('strip.test', '/all/x', 'GET /all/x'),
    at('strip.test', '/both', 'GET /new/'),
    at('strip.test', '/both/x?y', 'GET /new/x?y'),
  ],
  'a prefix beyond ASCII is stripped too': [
    at('strip.test', '/%C3%A9/x', 'GET /x'),
    at('strip.test', '/%c3%a9', 'GET /'),
    at('strip.test', '/é/x', 'GET /x'),
  ],
  'a path that was stripped is encoded as Go does it': [
    at('strip.test', '/a/*/b', 'GET /%2A/b'),
    at('strip.test', '/a/%2a/(b)', 'GET /%2a/(b)'),
  ],
  'letters that only some hold for equal': [
    at('letters.test', '/%C5%BFki', '200 root'),
    at('letters.test', '/s%E2%84%AAi', '200 literal'),
    at('letters.test', '/%C5%BF%E2%84%AAi/1/x', '200 pattern'),
    at('letters.test', '/SKI/1/x', '200 pattern'),
  ],
  'a query that cannot be read has no key': [
    at('letters.test', '/query?q=1', '200 some'),
    at('letters.test', '/query?q=1;x', '200 none'),
    at('letters.test', '/query?q=1&%', '200 none'),
    at('letters.test', '/query?%71', '200 some'),
  ],
  globs: [
    at('letters.test', '/glob/abc', '200 one'),
    at('letters.test', '/glob/A%C3%A9C', '200 one'),
    at('letters.test', '/glob/a%ffc', '200 one'),
    at('letters.test', '/glob/a%2Fc', '200 other'),
    at('letters.test', '/glob//abcd', '200 two'),
  ],
  'headers are compared as our guard and Go leave them': [
    at('letters.test', '/upgrade', '200 yes', { headers: [['Upgrade', 'h2c']] }),
    at('letters.test', '/upgrade', '200 no', { headers: [['Up_grade', 'h2c']] }),
    at('letters.test', '/fresh', '200 fresh', { headers: [['Pragma', 'no-cache']] }),
    at('letters.test', '/fresh', '200 any', {
      headers: [
        ['Pragma', 'no-cache'],
        ['cache-control', 'max-age=1'],
      ],
    }),
  ],
  hosts: [
    at('LETTERS.test:', '/', '200 root'),
    at('letters.test:80', '/', '200 root'),
    at('letters.test:x', '/', '200 root'),
    at('letters.test.', '/', '421 unknown_host'),
    at('*.wild.test', '/', '200 wild'),
    at('.wild.test', '/', '200 wild'),
    at('a.b.wild.test', '/', '421 unknown_host'),
    at('a b', '/', '400 bad_request'),
    at('', '/', '400 bad_request'),
    at('other.test', 'http://letters.test/ski', '200 literal'),
  ],
  targets: [
    at('letters.test', '*', '200 ', { method: 'OPTIONS' }),
    at('letters.test', '*', '400 no_path'),
    at('letters.test', 'x:y', '400 no_path'),
    at('letters.test', 'x', '400 bad_request'),
    at('letters.test', '/%', '400 bad_request'),
    at('letters.test', '//ski', '200 literal'),
    at('letters.test', '/x/../ski', '200 literal'),
    at('strip.test', '/x/../ski', '400 dot_segments'),
    at('strip.test', '/x/..;/ski', '400 dot_segments'),
    at('letters.test', '/', '405 bad_request', { method: 'A'.repeat(33) }),
  ],
  'clients behind proxies': [
    at('proxied.test', '/in', '403 allow_from', { headers: [['X-Forwarded-For', '10.0.0.7']] }),
    at('proxied.test', '/in', '200 in', { from: '127.0.0.2', headers: [['X-Forwarded-For', '10.0.0.7']] }),
    at('proxied.test', '/in', '200 in', {
      from: '127.0.0.2',
      headers: [['X-Forwarded-For', '192.0.2.1, 10.0.0.7:80, 127.0.0.2, x']],
    }),
    at('proxied.test', '/in', '403 allow_from', {
      from: '127.0.0.2',
      headers: [
        ['X-Forwarded-For', '10.0.0.7'],
        ['X-Forwarded-For', '::ffff:10.0.0.1'],
      ],
    }),
    at('proxied.test', '/', 'GET /', {
      from: '127.0.0.2',
      headers: [
        ['X-Forwarded-For', '192.0.2.1'],
        ['x-forwarded-for', ''],
      ],
    }),
    at('proxied.test', '/', 'GET /', {
      headers: [
        ['X-Forwarded-For', '192.0.2.1'],
        ['Forwarded', 'for=192.0.2.1'],
        ['X-Forwarded-Port', '1'],
      ],
    }),
  ],
  'what the app is told by the auth service, and not by a client': [
    at('gate.test', '/', 'GET /', {
      at: ':443',
      headers: [
        ['Remote-User', 'forged'],
        ['X-Zero', 'mine'],
      ],
    }),
    at('gate.test', '/', 'OPTIONS /', {
      at: ':443',
      method: 'OPTIONS',
      headers: [...preflight, ['Remote-User', 'forged']],
    }),
    at('gate.test', '/', 'OPTIONS /', {
      at: ':443',
      method: 'OPTIONS',
      headers: [...preflight, ['Upgrade', 'websocket']],
    }),
  ],
  'error pages': [at('gone.test', '/', '410 deny'), at('gone.test', '/no', '302 deny')],
};

let scene: Scene;
let loaded: Loaded;
beforeAll(async () => {
  scene = await Scene.start(inject('caddyPath'));
  loaded = await scene.load(policy);
});
afterAll(() => scene?.stop());

describe.each(Object.entries(cases))('%s', (_, told) => {
  test.each(told.map((each) => [`${each.method ?? 'GET'} ${each.host} ${each.target}`, each] as const))(
    '%s',
    async (_name, { says, ...given }) => {
      const asked = {
        method: 'GET',
        at: ':80',
        host: '',
        target: '/',
        headers: [],
        from: '127.0.0.1',
        protocol: 'http/1.1',
        ...given,
      } as const;
      const explained = loaded.answerTo(asked);
      expect(explained.ways.map(({ end }) => shown(end))).toEqual([says]);
      expect(differences(asked, explained, await loaded.ask(asked), loaded)).toEqual([]);
    },
  );
});

function shown(end: End): string {
  if (end.kind === 'proxy') return `${end.sees.method} ${end.sees.uri}`;
  if (end.kind === 'respond') return `${end.status} ${end.body}`;
  return end.kind === 'refused' ? `${end.refusal.status} ${end.by}` : end.kind;
}
