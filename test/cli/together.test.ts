import { Command } from 'commander';
import { expect, test } from 'vitest';
import { variableOf } from '../../src/cli/environment.ts';
import { verbs } from '../../src/cli/verbs.ts';
import { runCli } from './run-cli.ts';

/** What would be dropped without a word is refused. */
test.each([
  [['diff', '--from', 'old', '--out', 'plan.json'], '--from asks no Caddy, so there is no plan for --out'],
  [['diff', '--from', 'old', '--json-patch'], '--from asks no Caddy, so there is no plan for --json-patch'],
  [['diff', '--local', '--admin', 'localhost:2019'], "option '--local' cannot be used with option '--admin <address>'"],
  [['translate', '--source-map', '--explain-layout'], 'are two documents, and there is room for one'],
  [['status', '--probe', 'ready', '--watch'], "'--probe <what>' cannot be used with option '-w, --watch'"],
  [['status', '--watch', '--detailed-exitcode'], "'-w, --watch' cannot be used with option '--detailed-exitcode'"],
  [['doctor', '--with-hosts'], '--with-hosts says what goes into a bundle, and none is asked for'],
  [['doctor', 'policies'], 'policies are read for what goes into a bundle, and none is asked for'],
  [['apply', '--no-verify', '--settle', '1s'], "'--settle <duration>' cannot be used with option '--no-verify'"],
  [['apply', '--settle', '1ms'], 'Sites need time to answer: 500ms or more; --no-verify asks nothing.'],
  [['help', 'aply'], "error: unknown command 'aply'\n(Did you mean apply?)"],
])('%j', async (args, message) => {
  const { code, stdout, stderr } = await runCli(args);
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  expect(stderr).toContain(message);
});

test('a variable stands for one thing in all commands', async () => {
  const found = new Map<string, Set<string>>();
  for (const { name, load } of verbs) {
    const command = new Command(name);
    (await load()).define(command);
    for (const option of command.options) {
      const variable = variableOf(option) ?? '';
      // A part that both texts begin with: the rest is what is so in one command alone.
      const meaning = `${option.flags} ${option.description}`.slice(0, option.flags.length + 12);
      found.set(variable, (found.get(variable) ?? new Set()).add(meaning));
    }
  }
  // Switches that say of each command what it does by itself.
  for (const known of ['CADDYCTL_LOCAL', 'CADDYCTL_DETAILED_EXITCODE', 'CADDYCTL_STATUS_TOKEN_FILE'])
    found.delete(known);
  expect([...found].filter(([, meanings]) => meanings.size > 1)).toEqual([]);
});
