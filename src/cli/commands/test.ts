import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Target } from '../../caddy/target.ts';
import type { CheckResult } from '../../checks/result.ts';
import { counted } from '../../diagnostics/counted.ts';
import type { Dial } from '../../plan/listen.ts';
import type { CheckDocument } from '../check-report/document.ts';
import type { CommandModule, Invocation } from '../command.ts';
import { withVariable } from '../environment.ts';
import { errorPart } from '../error-part.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { addPaths } from '../paths.ts';
import { compilePaths, targetOf } from '../policies.ts';
import { addTargetOptions, milliseconds, type OutputFormat, type TargetSettings } from '../settings.ts';
import { several } from '../several.ts';
import { addLocalOptions, type LocalSettings } from '../up/settings.ts';

interface TestOptions extends TargetSettings, LocalSettings {
  readonly site?: readonly string[];
  readonly filter?: string;
  readonly connect?: Dial;
  readonly connectHttp?: Dial;
  /** Milliseconds. */
  readonly timeout: number;
  readonly ca?: string;
}

export const test: CommandModule<TestOptions> = {
  formats: ['junit', 'github'],
  define(command) {
    addPaths(command);
    command
      .option('--site <host>', 'only checks of this site; may be given again', several())
      .option('--filter <text>', 'only checks whose id holds this: "headers", "limit /api"');
    addListenerOptions(command);
    addTargetOptions(command);
    addLocalOptions(command);
    addExamples(command, [
      ['caddyctl test', 'asks the Caddy of this machine all that policies/ promises, whatever DNS says'],
      ['caddyctl test --local', 'the same of a running `caddyctl up --local`'],
      ['caddyctl test --filter health -o junit > checks.xml', 'one kind of check, for a CI system'],
      ['CADDYCTL_CHECK_OLLAMA_TOKEN=… caddyctl test', 'with the secret that {env: OLLAMA_TOKEN} stands for'],
    ]);
  },
  async run(invocation) {
    const { operands, options, output, process, log, signals } = invocation;
    const { target, ca } = await aimed(options, process.env);
    const { model, config, diagnostics } = await compilePaths(operands, target, process.stdin, log);
    if (model === undefined || config === undefined) {
      output.diagnostics(diagnostics);
      return exitCodes.invalid;
    }
    const [{ deriveChecks }, { runChecks }, { whereOf }] = await Promise.all([
      import('../../checks/derive.ts'),
      import('../../checks/run.ts'),
      import('../../checks/where.ts'),
    ]);
    const { connect: https, connectHttp: http, timeout } = options;
    const where = await whereOf(model, target, { ...(https && { https }), ...(http && { http }) });
    const wanted = deriveChecks(model, { ...target, where }).filter((check) => isWanted(check, options));
    if (wanted.length === 0) throw new Failure(exitCodes.usage, 'no check is left', 'loosen --site or --filter');
    const begun = performance.now();
    const progress = progressOf(invocation, wanted.length);
    const results = await runChecks(wanted, where, {
      env: process.env,
      timeout,
      ca,
      signal: signals.take(),
      onResult: progress.next,
    });
    progress.end();
    const { checkDocument } = await import('../check-report/document.ts');
    const document = checkDocument(results, Math.round(performance.now() - begun));
    const text = await formed(document, output.format);
    const failure = failureOf(results);
    await output.document({ ...document, ...errorPart(failure) }, () => text);
    const interrupted = signals.exitCode();
    if (interrupted === undefined && failure?.exitCode === exitCodes.unreachable) throw failure;
    return interrupted ?? failure?.exitCode ?? exitCodes.done;
  },
};

function addListenerOptions(command: Command): void {
  command.optionsGroup("Caddy's listeners:");
  command
    .option('--connect <host:port>', 'where https is; by default where the policies put it, on this machine', dial)
    .option('--connect-http <host:port>', 'where plain http is', dial)
    .addOption(
      withVariable(
        'CADDYCTL_TEST_CA',
        new Option('--ca <file>', "a CA to trust beside the system's, PEM: the root of Caddy's own"),
      ),
    )
    .addOption(
      withVariable(
        'CADDYCTL_TEST_TIMEOUT',
        new Option('--timeout <duration>', 'for each check').argParser(milliseconds).default(5_000, '5s'),
      ),
    );
}

function dial(text: string): Dial {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new InvalidArgumentError('Give a host and a port: 10.0.0.7:443, [::1]:8443.');
  return { host, port: Number(port) };
}

/** What the policies are compiled for, and whom to trust. */
async function aimed(options: TestOptions, env: NodeJS.ProcessEnv): Promise<{ target: Target; ca?: string }> {
  const ca = options.ca === undefined ? {} : { ca: await pem(options.ca) };
  if (!options.local) return { target: targetOf(options, env), ...ca };
  const { runningLocal } = await import('../up/running.ts');
  const { target, rootCertificate } = await runningLocal(options.stateDir, env);
  return {
    target: { ...targetOf(options, env), ...target },
    ...(rootCertificate !== undefined && { ca: rootCertificate }),
    ...ca,
  };
}

async function pem(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text?.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new Failure(exitCodes.usage, `${path} is not a file with a certificate in PEM`, 'name the root of the CA');
}

function isWanted({ id, site }: CheckResult['check'], { site: sites, filter = '' }: TestOptions): boolean {
  return (sites?.includes(site) ?? true) && id.includes(filter);
}

/** One line that counts, on a terminal. */
function progressOf({ output, options, process }: Invocation<TestOptions>, all: number) {
  const { stderr } = process;
  let done = 0;
  const show = (text: string): void => {
    if (stderr.isTTY && !('quiet' in options && options.quiet === true)) stderr.write(`\r\u001b[K${text}`);
  };
  output.note(counted(all, 'check'));
  return { next: () => show(`${++done} of ${all}`), end: () => show('') };
}

async function formed(document: CheckDocument, format: OutputFormat): Promise<string> {
  switch (format) {
    case 'junit':
      return (await import('../check-report/junit.ts')).checksAsJunit(document);
    case 'github':
      return (await import('../check-report/github.ts')).checksAsGithub(document);
    default:
      return (await import('../check-report/text.ts')).checksAsText(document);
  }
}

/** A Caddy that nobody reached says nothing of the policies. */
function failureOf(results: readonly CheckResult[]): Failure | undefined {
  const asked = results.filter(({ outcome }) => outcome !== 'skipped');
  const failed = asked.filter((result) => result.outcome === 'failed');
  if (failed.length === 0) return undefined;
  if (failed.length < asked.length || !failed.every((each) => each.unreachable === true))
    return new Failure(exitCodes.checksFailed, `${counted(failed.length, 'check')} failed`);
  const [first] = failed;
  const hint = 'is Caddy running? --connect says where, --local means a running `caddyctl up --local`';
  return new Failure(exitCodes.unreachable, `Caddy's listeners are not reachable: ${first?.got ?? ''}`, hint);
}
