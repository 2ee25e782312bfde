import { InvalidArgumentError, Option } from 'commander';
import { bcryptHash } from '../bcrypt.ts';
import type { CommandModule } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';

interface HashPasswordOptions {
  readonly cost: number;
}

// bcrypt ignores what follows: a longer password would be as good as its first 72 bytes.
const longestPassword = 72;

export const hashPassword: CommandModule<HashPasswordOptions> = {
  define(command) {
    command.addOption(
      new Option(
        '--cost <number>',
        'work for each try as a power of two, 10 to 16; at 12 a try takes about 0.3 s, for Caddy at each new login too',
      )
        .argParser(costNumber)
        .default(12),
    );
    addExamples(command, [
      ['caddyctl hash-password', 'asks twice and does not show what is typed'],
      ['pass show app | caddyctl hash-password', 'takes one line from standard input'],
    ]);
  },
  async run({ options, output, process }) {
    const password = process.stdin.isTTY ? await ask(process) : await oneLine(process.stdin);
    refuseUnusable(password);
    const hash = await bcryptHash(password, options.cost);
    await output.document({ hash }, () => `${hash}\n`);
    return exitCodes.done;
  },
};

function costNumber(text: string): number {
  const cost = Number(text);
  if (!/^\d\d$/.test(text) || cost < 10 || cost > 16) {
    throw new InvalidArgumentError('The cost is a number from 10 to 16.');
  }
  return cost;
}

async function ask(process: NodeJS.Process): Promise<string> {
  const { askHidden } = await import('../prompt.ts');
  const [first, second] = await askHidden(['Password: ', 'Again: '], process);
  if (first === undefined || first !== second) {
    throw new Failure(exitCodes.usage, 'the two passwords differ');
  }
  return first;
}

async function oneLine(stdin: NodeJS.ReadStream): Promise<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stdin) {
    bytes = Buffer.concat([bytes, chunk as Uint8Array]);
    if (bytes.length > longestPassword + '\r\n'.length) {
      break;
    }
  }
  const line = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (/[\r\n]/.test(line)) {
    throw new Failure(exitCodes.usage, 'standard input holds more than one line', 'give one password at a time');
  }
  return line;
}

function refuseUnusable(password: string): void {
  if (password === '') {
    throw new Failure(exitCodes.usage, 'the password is empty');
  }
  if (Buffer.byteLength(password) > longestPassword) {
    const hint = 'take a shorter one; a random one of 24 characters is stronger than bcrypt can tell';
    throw new Failure(
      exitCodes.usage,
      `the password is longer than ${longestPassword} bytes, and bcrypt ignores the rest`,
      hint,
    );
  }
  if (/[\p{Cc}\ufffd]/u.test(password)) {
    throw new Failure(
      exitCodes.usage,
      'the password holds a control character or is not UTF-8: browsers cannot send it',
    );
  }
}
