import { expect, test } from 'vitest';
import { inRounds, type Round } from '../../../src/daemon/watch/turn.ts';

const warning = (message: string) => ({ code: 'x', severity: 'warning', message, hint: undefined }) as const;

const round = (again: boolean, message: string): Round => ({
  result: { kind: 'applied', message, diagnostics: [] },
  read: { sources: [], diagnostics: [] },
  settled: undefined,
  loads: 1,
  changed: [],
  warnings: [warning('always'), warning(message)],
  again,
});

test('a turn that begins anew is one turn, with what each round did and warned of', async () => {
  const turn = await inRounds(async (number) => round(number < 3, `round ${number}`));
  expect(turn).toMatchObject({ result: { message: 'round 3' }, loads: 3 });
  expect(turn.warnings.map(({ message }) => message)).toEqual(['always', 'round 1', 'round 2', 'round 3']);
});

test('one that would begin anew for ever ends', async () => {
  let rounds = 0;
  await inRounds(async () => round(true, `${++rounds}`));
  expect(rounds).toBeLessThan(10);
});
