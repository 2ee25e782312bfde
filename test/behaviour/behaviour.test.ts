import { describe, expect, test } from 'vitest';
import { behaviourChanges } from '../../src/behaviour/behaviour.ts';
import { renderBehaviour } from '../../src/behaviour/render.ts';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import type { Asked } from '../../src/explain/asked.ts';
import { goldenTarget } from '../support/golden.ts';

function diff(old: string, now: string) {
  const [before, after] = [old, now].map((text) => {
    const { model, config, diagnostics } = compile([{ path: 'policy.yaml', text }], goldenTarget);
    if (!model || !config) throw new Error(renderDiagnostics(diagnostics, { color: false }));
    return { model, surroundings: goldenTarget };
  });
  if (!before || !after) throw new Error('two sides');
  return behaviourChanges(before, after);
}

/** The lines as they are read, without their heading. */
function lines(old: string, now: string): string[] {
  const text = renderBehaviour(diff(old, now), { ...goldenTarget, color: false, most: 100 });
  return text
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim().replace(/ {2,}/g, '  '));
}

const site = (routes: string, rest = '') => `sites: { app.test: { ${rest} routes: { ${routes} } } }`;

describe('a change is told once, where it is', () => {
  test.each([
    {
      what: 'an upstream of a subtree, but for what has a route of its own',
      old: site('/: "a:80", /api: "b:80", =/api/health: "b:80"'),
      now: site('/: "a:80", /api: "c:80", =/api/health: "b:80"'),
      says: ['app.test/api/* (but not /api/health)  upstream b:80 → c:80'],
    },
    {
      what: 'a new gate, and what it takes from the app',
      old: site('/: "a:80"'),
      now: site('/: "a:80"', 'auth: { bearer: { env: TOKEN } },'),
      says: [
        'app.test/*  now 401: no Bearer token (was upstream a:80)',
        'app.test/*  app header Authorization: as the client sends it → taken away  (credential a token)',
      ],
    },
    {
      what: 'a header that is lost on all of a site',
      old: site('/: "a:80", /api: "b:80", /x: { deny: 404 }', 'headers: { X-Frame-Options: DENY },'),
      now: site('/: "a:80", /api: "b:80", /x: { deny: 404 }'),
      says: ['app.test/*  loses header X-Frame-Options: DENY'],
    },
    {
      what: "a header of the app's that is kept from the client",
      old: site('/: "a:80"'),
      now: site('/: "a:80"', 'headers: { Server: null },'),
      says: ["app.test/*  no longer has header Server of the app's"],
    },
    {
      what: 'the same the other way round',
      old: site('/: "a:80"', 'headers: { Server: null },'),
      now: site('/: "a:80"'),
      says: ["app.test/*  has header Server of the app's again"],
    },
    {
      what: 'a route for one method',
      old: site('/: "a:80"'),
      now: site('/: "a:80", /up: [{ to: "b:80", when: { method: POST } }, { to: "a:80" }]'),
      says: ['POST app.test/up/*  upstream a:80 → b:80'],
    },
    {
      what: "a route that is gone, and then is nobody's",
      old: site('/api: "b:80", =/x: "a:80", /: { deny: 404 }'),
      now: site('/api: "b:80", /: { deny: 404 }'),
      says: ['app.test/x  now 404 (was upstream a:80)'],
    },
    {
      what: 'a limit, only for bodies between the two',
      old: site('/: "a:80"', 'max_body: 2000000,'),
      now: site('/: "a:80"', 'max_body: 1000000,'),
      says: ['app.test/*  now 413 (max_body) (was upstream a:80)  (body over 1000000 bytes, up to 2000000)'],
    },
    {
      what: 'who may come in',
      old: site('/: "a:80"', 'allow_from: 10.0.0.0/8,'),
      now: site('/: "a:80"', 'allow_from: [10.0.0.0/8, 192.0.2.0/24],'),
      says: ['app.test/*  no longer 403 (allow_from), but upstream a:80  (client 192.0.2.0/24)'],
    },
    {
      what: 'the order of two conditions that one request can meet',
      old: site(
        '/: [{ to: "a:80", when: { header: { X-A: "1" } } }, { to: "b:80", when: { query: { q: "1" } } }, { to: "c:80" }]',
      ),
      now: site(
        '/: [{ to: "b:80", when: { query: { q: "1" } } }, { to: "a:80", when: { header: { X-A: "1" } } }, { to: "c:80" }]',
      ),
      says: ['app.test/*  upstream a:80 → b:80  (header X-A 1 and query q 1)'],
    },
    {
      what: 'a host that came and one that went',
      old: 'sites: { a.test: "a:80" }',
      now: 'sites: { b.test: "a:80" }',
      says: ['a.test/*  host gone', 'b.test/*  new host (1 route)'],
    },
    {
      what: 'a host that a wildcard had before',
      old: 'sites: { "*.up.test": "a:80" }',
      now: 'sites: { "*.up.test": "a:80", b.up.test: "b:80" }',
      says: ['b.up.test/*  upstream a:80 → b:80'],
    },
    {
      what: 'a condition that only Caddy can tell',
      old: site('/: "a:80"'),
      now: site('/: [{ to: "b:80", when: { expression: "{path} == \'/\'" } }, { to: "a:80" }]'),
      says: ["app.test/*  upstream a:80 → b:80  (expression {path} == '/' holds)"],
    },
    {
      what: 'plain http that is served from now on',
      old: site('/: "a:80"'),
      now: site('/: "a:80"', 'http: serve,'),
      says: ['http://app.test/*  308 to https → upstream a:80'],
    },
  ])('$what', ({ old, now, says }) => {
    expect(lines(old, now)).toEqual(says);
  });

  test('what says the same in other words is no change', () => {
    const now = `
sites:
  app.test:
    routes:
      /api: { to: "b:80" }
      /api/v2: b:80
      /: { to: "a:80" }
`;
    expect(lines(site('/: "a:80", /api: "b:80"'), now)).toEqual([]);
  });
});

const asked: Asked = {
  method: 'GET',
  at: ':443',
  host: 'app.test',
  target: '/',
  headers: [],
  from: '203.0.113.9',
  protocol: 'http/1.1',
};

test('a line knows which requests it speaks of', () => {
  const { lines: found } = diff(
    site('/: "a:80", /api: "b:80"', 'allow_from: [10.0.0.0/8, 203.0.113.0/24],'),
    site('/: "a:80", /api: "c:80"', 'allow_from: [10.0.0.0/8, 203.0.113.0/24],'),
  );
  const [line, ...others] = found;
  expect(others).toEqual([]);
  const covers = (change: Partial<Asked>) => line?.covers({ ...asked, target: '/api/x', ...change });
  expect(covers({})).toBe(true);
  expect(covers({ target: '/API//x/../y?q' })).toBe(true);
  expect(covers({ target: '/apix' })).toBe(false);
  expect(covers({ host: 'other.test' })).toBe(false);
  expect(covers({ at: ':80' })).toBe(false);
  expect(covers({ from: '10.9.9.9' })).toBe(true);
  expect(covers({ from: '198.51.100.1' })).toBe(false);
});

test('thousands of sites of which one changes, and thousands of routes that all do, are told in seconds', () => {
  const many = (port: number) =>
    `sites:\n${Array.from({ length: 3_000 }, (_, at) => `  s${at}.test: "a:${at === 777 ? port : 80}"`).join('\n')}`;
  expect(lines(many(80), many(81))).toEqual(['s777.test/*  upstream a:80 → a:81']);
  const long = (header: string) =>
    `sites:\n  app.test:\n    headers: { X-A: ${header} }\n    routes:\n      /: a:80\n${Array.from({ length: 2_000 }, (_, at) => `      /r${at}: a${at}:80`).join('\n')}`;
  const start = performance.now();
  expect(lines(long('"1"'), long('"2"'))).toEqual(['app.test/*  header X-A: 1 → 2']);
  expect(performance.now() - start).toBeLessThan(20_000);
});
