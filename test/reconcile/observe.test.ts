import { expect, test } from 'vitest';
import type { Check } from '../../src/checks/check.ts';
import type { Ask, Finding, Guarantee } from '../../src/reconcile/verify/guarantee.ts';
import { observe } from '../../src/reconcile/verify/observe.ts';

function guarantee(id: string, name: Check['name'], more: Partial<Guarantee> = {}): Guarantee {
  const check = { id, name, site: 'a.example.com', says: id, probe: { kind: 'none', reason: 'a test' } } as const;
  return { check, line: { file: 'p.yaml', line: 1, column: 1 }, isDropped: false, isNew: false, ...more };
}

/** Answers each check by its own row of signs, one a round, and its last one from then on: + passes, - fails, ? is skipped. */
function answers(rows: Readonly<Record<string, string>>): Ask & { readonly rounds: Record<string, number> } {
  const rounds: Record<string, number> = {};
  const ask: Ask = async (guarantees) =>
    guarantees.map(({ check: { id, site, says }, line, isDropped }): Finding => {
      const round = (rounds[id] = (rounds[id] ?? 0) + 1);
      const sign = rows[id]?.[round - 1] ?? rows[id]?.at(-1);
      const state = sign === '+' ? 'passed' : sign === '-' ? 'failed' : 'skipped';
      return { id, site, says, line, isDropped, state };
    });
  return Object.assign(ask, { rounds });
}

async function observed(rows: Readonly<Record<string, string>>, guarantees: readonly Guarantee[], before: string) {
  const ask = answers(rows);
  const passedBefore = new Set(before.split(' '));
  const found = await observe({ ask, guarantees, passedBefore, settle: 400, isPatient: true });
  const ids = (findings: readonly Finding[]) => findings.map(({ id }) => id).join(' ');
  const { passed, regressions, failing, flapping, skipped } = found;
  const told = [ids(passed), ids(regressions), ids(failing), ids(flapping), ids(skipped)];
  return { told, rounds: ask.rounds };
}

test('what passes is asked once', async () => {
  const { told, rounds } = await observed(
    { a: '+', b: '+' },
    [guarantee('a', 'health'), guarantee('b', 'auth')],
    'a b',
  );
  expect(told).toEqual(['a b', '', '', '', '']);
  expect(rounds).toEqual({ a: 1, b: 1 });
});

test('what failed before and fails still is told, and not waited for', async () => {
  const { told, rounds } = await observed({ a: '-', b: '?' }, [guarantee('a', 'health'), guarantee('b', 'auth')], '');
  expect(told).toEqual(['', '', 'a', '', 'b']);
  expect(rounds).toEqual({ a: 1, b: 1 });
});

test('what passed before and never passes again is a regression', async () => {
  const { told, rounds } = await observed(
    { a: '-', b: '+' },
    [guarantee('a', 'health'), guarantee('b', 'auth')],
    'a b',
  );
  expect(told).toEqual(['b', 'a', '', '', '']);
  expect(rounds['a']).toBeGreaterThan(3);
  expect(rounds['b']).toBe(1);
});

test('an app that comes up late is no regression, and has passed', async () => {
  const { told } = await observed({ a: '---++' }, [guarantee('a', 'health')], 'a');
  expect(told).toEqual(['a', '', '', '', '']);
});

test('what answers now so, now so, flaps, and is no regression', async () => {
  const { told } = await observed({ a: '-+-+-+-+-+-+-+-+-' }, [guarantee('a', 'health')], 'a');
  expect(told).toEqual(['', '', '', 'a', '']);
});

test('what only Caddy answers is not waited for as long as an app', async () => {
  const app = await observed({ a: '-' }, [guarantee('a', 'health')], 'a');
  const gate = await observed({ a: '-' }, [guarantee('a', 'auth')], 'a');
  expect(gate.told).toEqual(app.told);
  expect(gate.rounds['a']).toBeLessThan(app.rounds['a'] ?? 0);
});

test('what is new is waited for a little, and never a regression', async () => {
  const { told, rounds } = await observed({ a: '-++' }, [guarantee('a', 'health', { isNew: true })], '');
  expect(told).toEqual(['a', '', '', '', '']);
  expect(rounds['a']).toBeGreaterThan(1);
  const never = await observed({ a: '-' }, [guarantee('a', 'health', { isNew: true })], '');
  expect(never.told).toEqual(['', '', 'a', '', '']);
});

test('what the policies no longer say and did not hold before is nobody’s business', async () => {
  const { told } = await observed({ a: '-' }, [guarantee('a', 'auth', { isDropped: true })], '');
  expect(told).toEqual(['', '', '', '', '']);
});
