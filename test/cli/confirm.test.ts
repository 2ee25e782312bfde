import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askYesNo } from '../../src/cli/confirm.ts';

test.each([
  ['y\r', true],
  ['YES\r', true],
  [' yes \n', true],
  ['\r', false],
  ['n\r', false],
  ['yeah\r', false],
  ['\u0003', false],
  ['\u0004', false],
])('%j is taken for %s', async (typed, answer) => {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const asked = askYesNo('Apply this?', { stdin, stderr } as unknown as NodeJS.Process);
  stdin.write(typed);
  expect(await asked).toBe(answer);
  expect((stderr.read() as Buffer).toString()).toContain('Apply this? [y/N] ');
});
