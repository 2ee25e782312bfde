import { Command, CommanderError } from 'commander';
import { visible } from '../diagnostics/visible.ts';
import { createLog, silentLog } from '../log.ts';
import type { CommandModule } from './command.ts';
import { applyEnvironment } from './environment.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { Failure, mistakes } from './failure.ts';
import { configureHelp } from './help.ts';
import { createOutput, type Output } from './output.ts';
import { addOutputOptions, type OutputFormat, type OutputSettings, usualFormats } from './settings.ts';
import { listenForSignals } from './signals.ts';
import { verbs } from './verbs.ts';
import { programVersion, versionLine } from './version.ts';

/** Runs one command line and gives what the process shall end with. Never rejects. */
export async function run(argv: readonly string[], process: NodeJS.Process): Promise<ExitCode> {
  // Without a listener a reader that went away would end the process in the middle of its work.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  // What no promise of ours catches, a failed promise that nobody waits for too, is told in the same words.
  process.on('uncaughtException', (error) => process.exit(report(error, process)));
  const signals = listenForSignals(process);
  const wholeProgram = (): Promise<Command> => createProgram('all', () => {});
  let code: ExitCode = exitCodes.done;
  let output: Output | undefined;
  try {
    const program = await createProgram(argv, (command, verb) => {
      command.action(async () => {
        applyEnvironment(command, process.env);
        const given = command.optsWithGlobals<OutputSettings>();
        refuseForeignFormat(given.output, verb);
        const isSaid = command.getOptionValueSourceWithGlobals('logLevel') !== 'default';
        const usual = given.quiet ? 'error' : verb.logLevel;
        const options = { ...given, ...(!isSaid && verb.logLevel && usual && { logLevel: usual }) };
        output = createOutput(process.stdout, process.stderr, process.env, options);
        // What a command warns of, it says to people: below "info" there is nothing to log, and pino need not be loaded.
        const chatty = verb.logLevel !== undefined || options.logLevel === 'info' || options.logLevel === 'debug';
        const log = chatty ? await createLog(options.logLevel, process.stderr.fd) : silentLog;
        const start = performance.now();
        log.debug({ command: command.name(), version: programVersion, node: process.versions.node }, 'command begun');
        code = await verb.run({ operands: command.args, options, output, process, log, signals, wholeProgram });
        // Its diagnostics are told already.
        if (code !== exitCodes.done && signals.exitCode() === undefined) await output.failed(mistakes(code));
        log.debug({ command: command.name(), code, ms: Math.round(performance.now() - start) }, 'command ended');
      });
    });
    // Of what is no command, commander shows the whole help and no word of the mistake.
    const [first, asked] = argv;
    const isUnknown = first === 'help' && asked !== undefined && !verbs.some(({ name }) => name === asked);
    await program.parseAsync(isUnknown ? argv.slice(1) : argv, { from: 'user' });
    return code;
  } catch (error) {
    const interrupted = signals.exitCode();
    if (interrupted !== undefined && error instanceof Error && error.name === 'AbortError') {
      return interrupted;
    }
    // Standard output may be what failed.
    if (!(error instanceof CommanderError)) await output?.failed(failureOf(error)).catch(() => {});
    return report(error, process);
  }
}

/**
 * The program with all its verbs. Only those that `argv` may name are loaded; the others are names with a summary.
 * With `'all'` every verb is loaded.
 */
async function createProgram(
  argv: readonly string[] | 'all',
  attach: (command: Command, verb: CommandModule<object>) => void,
): Promise<Command> {
  const program = new Command('caddyctl')
    .description('Typed route policies for Caddy: planned, pushed safely, verified.')
    .version(versionLine(), '-V, --version', 'print the version')
    .exitOverride();
  const loads = verbs.map(async ({ name, load }) => (argv === 'all' || argv.includes(name) ? await load() : undefined));
  const loaded = await Promise.all(loads);
  // What is said of the whole program is what holds for all of it.
  const special = argv === 'all' ? [] : loaded.flatMap((verb) => verb?.formats ?? []);
  addOutputOptions(program, special);
  configureHelp(program);
  for (const [index, { name, summary }] of verbs.entries()) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
    command.showHelpAfterError(`(caddyctl ${name} --help shows how it is used)`);
    const verb = loaded[index];
    if (verb) {
      verb.define(command);
      attach(command, verb);
    }
  }
  return program;
}

/** A verb's own form is taken wherever its name stands on the command line. */
function refuseForeignFormat(format: OutputFormat, { formats = [] }: CommandModule<object>): void {
  const known: readonly string[] = [...usualFormats, ...formats];
  if (known.includes(format)) return;
  throw new Failure(exitCodes.usage, `this command has no form "${format}"`, `it has ${known.join(', ')}`);
}

function report(error: unknown, process: NodeJS.Process): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed the help, the version or its complaint.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  const debug = (process.env['CADDYCTL_DEBUG'] ?? '') !== '' && process.env['CADDYCTL_DEBUG'] !== '0';
  const { exitCode, message, hint } = failureOf(error);
  process.stderr.write(`error: ${visible(message)}\n`);
  if (hint !== undefined) process.stderr.write(`hint: ${visible(hint)}\n`);
  if (!(error instanceof Failure)) {
    process.stderr.write(
      'Please report it to the project with the command line; CADDYCTL_DEBUG=1 shows where it happened.\n',
    );
  }
  if (debug && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  return exitCode;
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const sentence = error instanceof Error ? error.message : String(error);
  return new Failure(exitCodes.unexpected, `caddyctl failed unexpectedly: ${sentence}`);
}
