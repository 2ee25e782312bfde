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
  ['\u0004', false],
])('%j is taken for %s', async (typed, answer) => {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const asked = askYesNo('Apply this?', { stdin, stderr } as unknown as NodeJS.Process);
  stdin.write(typed);
  expect(await asked).toBe(answer);
  expect((stderr.read() as Buffer).toString()).toContain('Apply this? [y/N] ');
});

test('Ctrl-C is no answer: it ends the command', async () => {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const asked = askYesNo('Apply this?', { stdin, stderr } as unknown as NodeJS.Process);
  stdin.write('\u0003');
  await expect(asked).rejects.toMatchObject({ name: 'Failure', exitCode: 130 });
});
