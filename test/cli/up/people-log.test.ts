import { beforeEach, expect, test } from 'vitest';
import { createPeopleLog, type PeopleLog } from '../../../src/cli/up/people-log.ts';

let told: string[];
let people: PeopleLog;
const turnEnds = async (): Promise<void> => {};

beforeEach(() => {
  told = [];
  people = createPeopleLog({
    level: 'info',
    quiet: false,
    tell: (line) => told.push(line),
    allowing: (digest) => `caddyctl apply --allow ${digest}`,
    testing: () => 'caddyctl test --local',
  });
});

const check = (site: string): object => ({
  site,
  check: 'app is well: GET /health is a 2xx',
  expected: 'a 2xx',
  got: '502',
  place: 'policies/app.yaml:3:45',
});
const textOf = (site: string): string =>
  `${site}: app is well: GET /health is a 2xx: expected a 2xx, got 502 (policies/app.yaml:3:45)`;

test('a check that fails is told with what was expected, what came, and its line', async () => {
  people.log.warn(check('a.example.com'), 'check fails');
  people.log.warn(check('b.example.com'), 'check fails');
  await turnEnds();
  people.log.error(check('c.example.com'), 'check failed after the push');
  expect(told).toEqual([
    `warning: check fails: ${textOf('a.example.com')}`,
    `warning: check fails: ${textOf('b.example.com')}`,
    `error: check failed after the push: ${textOf('c.example.com')}`,
  ]);
});

test('many that fail at once are one line', async () => {
  for (const site of ['a', 'b', 'c', 'd']) people.log.warn(check(site), 'check fails');
  await turnEnds();
  people.log.warn(check('e'), 'check fails');
  await turnEnds();
  expect(told).toEqual([
    `warning: several checks fail, such as ${textOf('a')}; all of them: caddyctl test --local`,
    `warning: check fails: ${textOf('e')}`,
  ]);
});

test('a plan that a guard refused is told with how it is allowed', () => {
  people.log.error({ reason: 'all would go', digest: 'abc' }, 'plan refused');
  expect(told).toEqual([
    'error: plan refused: all would go',
    'hint: if that is meant, allow it once: caddyctl apply --allow abc',
  ]);
});
