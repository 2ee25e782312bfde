import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, type JsonObject, type JsonValue } from '../../src/caddy/json.ts';
import { planAsJson } from '../../src/plan/as-json.ts';
import { describe as describeConfig } from '../../src/plan/describe.ts';
import type { Live } from '../../src/plan/live.ts';
import { oursOf } from '../../src/plan/ours.ts';
import { renderPlan } from '../../src/plan/render.ts';
import { compiled, edited, liveWith, NOTHING, planFor } from './policy-text.ts';
import * as some from './some-config.ts';

const without = { desired: { apps: {} }, origins: new Map(), placeOf: () => undefined };

describe('a plan', () => {
  test('of what was just applied is empty, and its inputs stay as they were', () => {
    fc.assert(
      fc.property(some.live, some.desired, (live, desired) => {
        some.deepFreeze([live, desired]);
        const policies = { ...without, desired };
        const plan = planFor(live, policies, { forceConflicts: true });
        const again = planFor(plan.next, policies, { forceConflicts: true });
        expect(again).toMatchObject({ isNoop: true, changes: [], conflicts: [] });
        expect(plan.isNoop).toBe(canonical({ ...plan.next }) === canonical({ ...live }));
        if (!plan.isNoop) expect(plan.changes.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  const policy = 'sites:\n  a.example.com: localhost:9000\n  b.example.com: localhost:9001\n';

  test('is frozen', () => {
    const plan = planFor(NOTHING, compiled(policy));
    expect(Object.isFrozen(plan)).toBe(true);
  });

  test('has a digest of what it does to ours, whatever others change meanwhile', () => {
    const live = liveWith(policy);
    const next = compiled(policy.replace('9000', '9002'));
    const withForeign = { ...live, apps: { ...(live.apps as JsonObject), other: { x: 1 } } };
    const { digest } = planFor(live, next);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(planFor(withForeign, next).digest).toBe(digest);
    expect(planFor(live, compiled(policy.replace('9000', '9003'))).digest).not.toBe(digest);
    expect(planFor(liveWith(policy.replace('9001', '9004')), next).digest).not.toBe(digest);
    const taking = {
      ...live,
      apps: edited(live.apps, ['http', 'servers'], (all) => ({ ...(all as JsonObject), srv0: { listen: [':443'] } })),
    };
    expect(planFor(taking, next, { forceConflicts: true }).digest).not.toBe(digest);
  });

  test('has a form for programs, with places', () => {
    const json = planAsJson(planFor(liveWith(policy), compiled(policy.replace('9000', '9002'))));
    expect(json).toMatchObject({
      changed: true,
      counts: { add: 0, change: 1, remove: 0 },
      changes: [
        {
          kind: 'site',
          action: 'change',
          hosts: ['a.example.com'],
          place: { file: 'policies/p.yaml', line: 2, column: 3 },
          routes: [
            {
              action: 'change',
              route: '/',
              facts: [{ name: 'to', before: 'localhost:9000', after: 'localhost:9002' }],
            },
          ],
        },
      ],
    });
  });

  test('does not touch what another owner made', () => {
    const blue = planFor(
      NOTHING,
      compiled('sites:\n  b.example.com: { listen: ":8443", http: off, to: localhost:1 }\n', 'blue'),
      {},
      'blue',
    );
    const red = compiled('sites:\n  r.example.com: { listen: ":9443", http: off, to: localhost:1 }\n', 'red');
    const both = planFor(blue.next, red, {}, 'red');
    expect(both.conflicts).toEqual([]);
    const servers = (live: Live): JsonObject =>
      ((live.apps as JsonObject)['http'] as JsonObject)['servers'] as JsonObject;
    expect(servers(both.next)).toMatchObject(servers(blue.next));
    expect(Object.keys(servers(both.next))).toHaveLength(2);
  });
});

describe('guards', () => {
  const site = (n: number): string => `  s${n}.example.com: { respond: ok, http: off }\n`;
  const sites = (count: number): string => `sites:\n${Array.from({ length: count }, (_, n) => site(n)).join('')}`;
  const refusals = (before: number, after: number, options = {}) =>
    planFor(liveWith(sites(before)), compiled(after === 0 ? 'sites: {}\n' : sites(after)), options).refusals;

  test.each([
    [10, 7],
    [10, 10],
    [3, 4],
  ])('%i routes to %i', (before, after) => {
    expect(refusals(before, after)).toEqual([]);
  });

  test('more than the allowed part of the live routes', () => {
    expect(refusals(10, 6)).toEqual([
      {
        guard: 'deletions',
        reason: '4 of 10 live routes would go (40 %), more than the 30 % that one apply may remove',
        allow: 'if that is meant, allow it once with --max-delete 40%',
      },
    ]);
    expect(refusals(10, 6, { maxDelete: 0.4 })).toEqual([]);
    expect(refusals(10, 9, { maxDelete: 0 })).toHaveLength(1);
    expect(refusals(3, 1)[0]?.allow).toContain('--max-delete 67%');
  });

  test('more than so many times as many routes, from ten new ones on', () => {
    const grown = { maxGrowth: 3 };
    expect(refusals(5, 16, grown)).toEqual([
      {
        guard: 'growth',
        reason: 'there would be 16 routes where 5 are live, more than 3 times as many',
        allow: 'if that is meant, allow it once with --allow',
      },
    ]);
    expect(refusals(5, 15, grown)).toEqual([]);
    expect(refusals(1, 10, grown)).toEqual([]);
    expect(planFor(NOTHING, compiled(sites(50)), grown).refusals).toEqual([]);
    expect(refusals(5, 16)).toEqual([]);
  });

  test('say nothing of the plan whose digest was allowed, and go on with others', () => {
    const { digest } = planFor(liveWith(sites(10)), compiled(sites(6)));
    const allow = digest.slice(0, 12);
    expect(refusals(10, 6, { allow })).toEqual([]);
    expect(refusals(10, 5, { allow })).toHaveLength(1);
    expect(refusals(9, 6, { allow })).toHaveLength(1);
  });

  test('a route that only changes does not go', () => {
    const live = liveWith(sites(2));
    expect(planFor(live, compiled(sites(2).replaceAll('respond: ok', 'to: localhost:9000'))).refusals).toEqual([]);
  });

  test('an empty set, even where nothing is live', () => {
    expect(refusals(2, 0)).toEqual([
      {
        guard: 'empty',
        reason: 'the policies name no site, and would remove all 2 live sites',
        allow: 'if that is meant, allow it with --allow-empty',
      },
    ]);
    expect(planFor(NOTHING, compiled('sites: {}\n')).refusals).toMatchObject([{ reason: 'the policies name no site' }]);
    expect(refusals(2, 0, { allowEmpty: true })).toEqual([]);
  });

  test('foreign routes are not counted', () => {
    const live = liveWith(sites(1));
    const foreign = { listen: [':1'], routes: Array.from({ length: 9 }, (_, n) => ({ match: [{ host: [`f${n}`] }] })) };
    const apps = edited(live.apps, ['http', 'servers'], (all) => ({ ...(all as JsonObject), srv0: foreign }));
    expect(planFor({ ...live, apps }, compiled(sites(1).replace('s0', 'x'))).refusals).toHaveLength(1);
  });
});

describe('whatever stands under our marks', () => {
  const folder = join(import.meta.dirname, '../../policies');
  const shipped = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => compiled(readFileSync(join(folder, name), 'utf8')))
    .map((policies) => ({ policies, next: planFor(NOTHING, policies).next }));

  /** Every place of a value, but for marks, which say whose it is. */
  const placesOf = (value: JsonValue, path: (string | number)[] = []): (string | number)[][] => {
    if (typeof value !== 'object' || value === null) return [path];
    const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value as JsonObject);
    return [path, ...inner.flatMap(([key, each]) => (key === '@id' ? [] : placesOf(each, [...path, key])))];
  };
  const edit = fc.record({
    of: fc.constantFrom(...shipped),
    at: fc.nat(),
    to: fc.jsonValue() as fc.Arbitrary<JsonValue>,
  });

  test('can be told, and an edit by hand is undone and never goes unsaid', () => {
    fc.assert(
      fc.property(edit, ({ of: { policies, next }, at, to }) => {
        const places = placesOf(next.apps).filter((path) => path.length > 3);
        const path = places[at % places.length] ?? [];
        const live = { ...next, apps: edited(next.apps, path, () => to) };
        const plan = planFor(live, policies, { forceConflicts: true, maxDelete: 1 });
        expect(renderPlan(plan, { color: false })).not.toBe('');
        if (!plan.isNoop) expect(plan.changes.length).toBeGreaterThan(0);
        expect(planFor(plan.next, policies, { forceConflicts: true }).isNoop).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('an edit in a route is told at its site', () => {
    fc.assert(
      fc.property(edit, ({ of: { policies, next }, at, to }) => {
        const places = placesOf(next.apps).filter((path) => path.includes('routes') && path.includes('handle'));
        const path = places[at % places.length] ?? [];
        const live = { ...next, apps: edited(next.apps, path, () => to) };
        const plan = planFor(live, policies, { maxDelete: 1 });
        const inErrors = path.includes('errors');
        const [, , server = '', , index = 0] = path;
        const { servers } = (next.apps as JsonObject)['http'] as { servers: Record<string, { routes: JsonObject[] }> };
        const isOfSite = JSON.stringify(servers[server]?.routes[Number(index)]?.['match'] ?? []).includes('"host"');
        if (plan.isNoop || inErrors) return;
        expect(plan.changes.map(({ kind }) => kind)).toContain(isOfSite ? 'site' : 'item');
      }),
      { numRuns: 300 },
    );
  });

  test('can be any JSON', () => {
    const anything = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const marked = fc
      .tuple(fc.dictionary(fc.string(), anything), fc.nat(9))
      .map(([object, n]) => ({ ...object, '@id': `caddyctl.default.x.${n}` }));
    const list = fc.oneof(anything, fc.array(fc.oneof(anything, marked)));
    const server = fc.record({
      listen: list,
      routes: list,
      errors: fc.record({ routes: list }),
      tls_connection_policies: list,
      logs: anything,
    });
    const config = fc.record({
      http: fc.record({
        servers: fc.dictionary(
          fc.constantFrom('caddyctl-default-https', 'x'),
          server.map((each) => ({ ...each, '@id': 'caddyctl.default.server.https.1' })),
        ),
      }),
      tls: fc.record({ automation: fc.record({ policies: list }), certificates: fc.record({ load_files: list }) }),
      pki: fc.record({ certificate_authorities: fc.dictionary(fc.string(), marked) }),
    });
    const policies = compiled('sites:\n  a.example.com: localhost:9000\n');
    fc.assert(
      fc.property(config, anything, (apps, logging) => {
        const live = { apps: apps as JsonValue, logging };
        expect(describeConfig(oursOf(live, 'default')).sites).toBeInstanceOf(Map);
        expect(planFor(live, policies).isNoop).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
