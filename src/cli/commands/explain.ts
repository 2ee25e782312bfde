import { Argument, InvalidArgumentError, Option } from 'commander';
import { isIP } from 'node:net';
import type { Asked } from '../../explain/asked.ts';
import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { compilePaths, targetOf } from '../policies.ts';
import { addTargetOptions, type TargetSettings } from '../settings.ts';

interface ExplainOptions extends TargetSettings {
  readonly policy: readonly string[];
  readonly header: readonly (readonly [string, string])[];
  readonly from: string;
  readonly at?: string;
  readonly protocol: Asked['protocol'];
}

export const explain: CommandModule<ExplainOptions> = {
  define(command) {
    command
      .addArgument(new Argument('<method>', 'GET, POST, …'))
      .addArgument(new Argument('<url>', 'as a client would ask for it'));
    command
      .option('--policy <path...>', 'files and folders of policies, - for standard input', ['policies/'])
      .option('-H, --header <line>', "a header, 'Name: value'; may be given again", headerLine, [])
      .option('--from <address>', 'whose connection it is', clientAddress, '203.0.113.1')
      .option('--at <listener>', 'where it arrives, where the port does not tell: 127.0.0.1:8480, unix//run/site.sock')
      .addOption(
        new Option('--protocol <version>', 'the HTTP version')
          .choices(['http/1.0', 'http/1.1', 'http/2', 'http/3'])
          .default('http/1.1'),
      );
    addTargetOptions(command);
    addExamples(command, [
      [
        'caddyctl explain GET https://app.example.com/api/users',
        'which line of which policy answers, and all on the way',
      ],
      [
        "caddyctl explain POST https://app.example.com/up -H 'Content-Length: 30000000' --from 10.0.0.7",
        'as a client of the local network with a large body',
      ],
      ['caddyctl explain OPTIONS https://app.example.com/ -o json', 'the same for a script'],
    ]);
  },
  async run({ operands, options, output, process, log }) {
    const [{ explainer }, { listenerFor, readUrl }] = await Promise.all([
      import('../../explain/explainer.ts'),
      import('../../explain/arrival.ts'),
    ]);
    const [method = '', text = ''] = operands;
    const url = readUrl(text);
    if (url === undefined)
      throw new Failure(exitCodes.usage, `"${text}" is not a URL of http or https`, 'like https://app.example.com/api');
    const { model, config, diagnostics } = await compilePaths(
      options.policy,
      targetOf(options, process.env),
      process.stdin,
      log,
    );
    if (model === undefined || config === undefined) {
      output.diagnostics(diagnostics);
      return exitCodes.invalid;
    }
    const { listeners, answerTo } = explainer(model, options);
    const usual = url.port ?? (url.scheme === 'https' ? options.httpsPort : options.httpPort);
    const listener = options.at
      ? listeners.find(({ address }) => address === options.at)
      : listenerFor(url, listeners, options);
    if (listener === undefined) {
      const known = listeners.map(({ address, tls }) => `${address} (${tls ? 'https' : 'http'})`).join(', ');
      const what = options.at ?? `${url.scheme} at port ${usual}`;
      throw new Failure(exitCodes.usage, `no site is served by ${what}`, `these policies are served at ${known}`);
    }
    const { address: at, tls } = listener;
    const isHost = ([name]: readonly [string, string]) => name.toLowerCase() === 'host';
    const asked: Asked = {
      method,
      at,
      host: options.header.findLast(isHost)?.[1] ?? url.host,
      target: url.target,
      headers: options.header.filter((header) => !isHost(header)),
      from: at.startsWith('unix/') ? undefined : options.from,
      protocol: options.protocol,
    };
    const answer = answerTo(asked);
    const [{ answerAsJson }, { renderAnswer }] = await Promise.all([
      import('../../explain/as-json.ts'),
      import('../../explain/render.ts'),
    ]);
    await output.document(answerAsJson(asked, answer), () => renderAnswer(asked, answer, { color: output.color, tls }));
    return exitCodes.done;
  },
};

function headerLine(text: string, before: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("A header is 'Name: value'.");
  return [...before, [name, value]];
}

function clientAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('An address is like 10.0.0.7 or 2001:db8::1.');
  return text;
}
