import { expect, test } from 'vitest';
import { type Meant, sameFlags, testFlags } from '../../../src/cli/up/same-flags.ts';
import { runCli } from '../run-cli.ts';

const target = { owner: 'web', httpPort: 8080, httpsPort: 8443, internalCa: true };
const local: Meant = {
  admin: 'unix//run/admin.sock',
  operands: ['my policies'],
  options: { local: true, stateDir: '/state' },
  target,
};
const served: Meant = { ...local, operands: ['policies/'], options: { local: false } };

test('of a local Caddy the record says what is not typed', () => {
  expect(sameFlags(local)).toEqual(['--local', '--state-dir', '/state', "'my policies'"]);
  expect(testFlags(local)).toEqual(sameFlags(local));
});

test('another one is meant by all that differs from what is usual', () => {
  const rest = ['--owner', 'web', '--http-port', '8080', '--https-port', '8443', '--internal-ca'];
  expect(sameFlags(served)).toEqual(['--admin', 'unix//run/admin.sock', ...rest]);
  expect(testFlags(served)).toEqual(rest);
});

test.each([
  ['apply', sameFlags(local)],
  ['apply', sameFlags(served)],
  ['test', testFlags(local)],
  ['test', testFlags(served)],
])('what is said to be typed, %s %j, is no wrong usage', async (verb, flags) => {
  const { code } = await runCli([verb, ...flags], { cwd: '/', env: {} });
  expect(code).not.toBe(64);
});
