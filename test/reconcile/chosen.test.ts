import { expect, test } from 'vitest';
import type { Check } from '../../src/checks/check.ts';
import { type Choice, chosen } from '../../src/reconcile/verify/chosen.ts';
import type { Guarantee } from '../../src/reconcile/verify/guarantee.ts';

const kinds: readonly Check['name'][] = ['health', 'auth', 'limit', 'headers', 'certificate'];

/** One check of each kind for each of so many sites. */
function guarantees(sites: number): readonly Guarantee[] {
  return Array.from({ length: sites }, (_, at) =>
    kinds.map((name): Guarantee => {
      const site = `s${at}.example.com`;
      const check = {
        id: `${site} ${name}`,
        name,
        site,
        says: name,
        probe: { kind: 'none', reason: 'a test' },
      } as const;
      return { check, line: { file: 'p.yaml', line: 1, column: 1 }, isDropped: false, isNew: false };
    }),
  ).flat();
}

function choice(more: Partial<Choice> = {}): Choice {
  return { touched: new Set(), again: new Set(), revision: 'one', ...more };
}

const ids = (of: readonly Guarantee[]) => of.map(({ check }) => check.id);

test('a set of usual size is asked whole', () => {
  const all = guarantees(140);
  expect(chosen(all, choice())).toBe(all);
});

test('of a large one: all of the sites that the push touches, and 200 of the rest, of all kinds and over all sites', () => {
  const all = guarantees(10_000);
  const asked = chosen(all, choice({ touched: new Set(['s17.example.com', 's9000.example.com']) }));
  expect(asked).toHaveLength(10 + 200);
  expect(ids(asked)).toEqual(expect.arrayContaining(kinds.map((kind) => `s17.example.com ${kind}`)));
  for (const kind of kinds) expect(asked.filter(({ check }) => check.name === kind)).toHaveLength(2 + 40);
  expect(new Set(asked.map(({ check }) => check.site)).size).toBeGreaterThan(180);
  expect(asked.slice(0, 10).every(({ check }) => /^s(17|9000)\./.test(check.site))).toBe(true);
});

test('a push that touches all sites asks 500 checks', () => {
  const all = guarantees(10_000);
  const touched = new Set(all.map(({ check }) => check.site));
  expect(chosen(all, choice({ touched }))).toHaveLength(500);
});

test('the same revision gives the same sample, another one another', () => {
  const all = guarantees(2_000);
  expect(ids(chosen(all, choice()))).toEqual(ids(chosen(all, choice())));
  expect(ids(chosen(all, choice()))).not.toEqual(ids(chosen(all, choice({ revision: 'two' }))));
});

test('however many there are, none is asked twice', () => {
  for (const sites of [141, 144, 150, 200, 256, 377, 1_000]) {
    const asked = ids(chosen(guarantees(sites), choice({ revision: `of ${sites}` })));
    expect(new Set(asked).size).toBe(200);
  }
});

test('what was wrong, and what is no longer said, is asked in any case', () => {
  const all = guarantees(2_000).map((each) => ({ ...each, isDropped: each.check.id === 's3.example.com auth' }));
  for (const revision of ['one', 'two', 'three']) {
    const asked = ids(chosen(all, choice({ revision, again: new Set(['s1999.example.com limit']) })));
    expect(asked).toEqual(expect.arrayContaining(['s3.example.com auth', 's1999.example.com limit']));
    expect(asked).toHaveLength(202);
  }
});
