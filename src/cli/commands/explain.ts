import { Argument, InvalidArgumentError, Option } from 'commander';
import { isIP } from 'node:net';
import type { CommandModule } from '../command.ts';
import { withVariable } from '../environment.ts';
import { exitCodes } from '../exit-codes.ts';
import { addExamples } from '../help.ts';
import type { ExplainOptions } from '../explain/options.ts';
import { addAdminOptions, addTargetOptions } from '../settings.ts';
import { several } from '../several.ts';

export const explain: CommandModule<ExplainOptions> = {
  define(command) {
    command
      .addArgument(new Argument('<method>', 'GET, POST, …'))
      .addArgument(new Argument('<url>', 'as a client would ask for it; nothing in it is tidied up'));
    command
      .option(
        '--policy <path>',
        'a file or folder of policies, - for standard input; may be given again',
        several(standardPolicies),
        standardPolicies,
      )
      .addOption(
        new Option('--live', 'explain the config that Caddy runs now, whoever made it')
          .default(false)
          .conflicts('policy'),
      )
      .addOption(
        new Option('-H, --header <line>', "a header, 'Name: value'; may be given again")
          .argParser(headerLine)
          .default([], 'none'),
      )
      .addOption(
        withVariable(
          'CADDYCTL_EXPLAIN_FROM',
          new Option('--from <address>', 'whose connection it is').argParser(clientAddress).default('203.0.113.1'),
        ),
      )
      .option('--at <listener>', 'where it arrives, where the port does not tell: 127.0.0.1:8480, unix//run/site.sock')
      .addOption(
        new Option('--protocol <version>', 'the HTTP version')
          .choices(['http/1.0', 'http/1.1', 'http/2', 'http/3'])
          .default('http/1.1'),
      );
    addTargetOptions(command);
    addAdminOptions(command);
    addExamples(command, [
      [
        'caddyctl explain GET https://app.example.com/api/users',
        'which line of which policy answers, and all on the way',
      ],
      [
        "caddyctl explain POST https://app.example.com/up -H 'Content-Length: 30000000' --from 10.0.0.7",
        'as a client of the local network with a large body',
      ],
      ['caddyctl explain GET https://app.example.com/ --live', 'what the running Caddy does with it, from its config'],
    ]);
  },
  async run(invocation) {
    if (invocation.options.live) {
      const { explainLive } = await import('../explain/live.ts');
      return await explainLive(invocation);
    }
    const { explainPolicies } = await import('../explain/policies.ts');
    return (await explainPolicies(invocation)) ? exitCodes.done : exitCodes.invalid;
  },
};

const standardPolicies = ['policies/'];

function headerLine(text: string, before: readonly (readonly [string, string])[] = []): (readonly [string, string])[] {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("A header is 'Name: value'.");
  return [...before, [name, value]];
}

function clientAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('An address is like 10.0.0.7 or 2001:db8::1.');
  return text;
}
