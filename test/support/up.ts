import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { compileCache } from './compile-cache.ts';
import { http1 } from './client/http1.ts';
import { until } from './until.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

export interface UpSite {
  readonly host: string;
  readonly url: string;
  readonly way: 'https' | 'http' | 'tunnel';
  readonly address: string;
  readonly ready: boolean;
  readonly policy: { readonly file: string; readonly line: number };
}

/** What `up -o json` prints. */
export interface UpDocument {
  readonly caddy: { readonly path: string; readonly version: string; readonly pid: number; readonly admin: string };
  readonly rootCertificate: string | null;
  /** The revision of before, where it is served in place of the policies. */
  readonly former: string | null;
  readonly sites: readonly UpSite[];
}

export interface RunParts {
  readonly args: readonly string[];
  /** HOME, which outlives the process; see `newHome`. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** In place of the one that the tests share, where there is no vitest to ask. */
  readonly caddyPath?: string;
  /** A command that starts it: its own arguments are added. */
  readonly under?: readonly string[];
}

/** One caddyctl as a process of its own. */
export interface Run {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** An exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** The one document that it prints when all is ready; throws with what it said if it ends before. */
  document(): Promise<UpDocument>;
  /** Waits for what it says on standard error. */
  says(pattern: RegExp): Promise<void>;
}

/** A folder with a path short enough for sockets. */
export function newHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'up-'));
}

const running = new Set<Run>();

/**
 * Where it says nothing else, `up` looks for free ports from the usual ones on, and two tests that do so at once would meet
 * there: Caddys of one user share a port without a word. The same for one HOME, as a next start may want them again.
 */
function portsOf(home: string): Readonly<Record<string, string>> {
  const known = ports.get(home) ?? 10_000 + 2 * Math.floor(Math.random() * 4_500);
  ports.set(home, known);
  return { CADDYCTL_HTTP_PORT: `${known}`, CADDYCTL_HTTPS_PORT: `${known + 1}` };
}

const ports = new Map<string, number>();
/** For one that shall look for free ports by itself. */
export const anyPorts = { CADDYCTL_HTTP_PORT: undefined, CADDYCTL_HTTPS_PORT: undefined };

/** Another daemon may have the usual port. */
const unwatched = { CADDYCTL_STATUS: 'off' };

/** Starts caddyctl with nothing of this machine's environment but the PATH and the tests' Caddy. */
export function caddyctl(parts: RunParts): Run {
  const { args, home, env = {}, stdin, caddyPath = inject('caddyPath'), under = [] } = parts;
  const [command = '', ...rest] = [...under, process.execPath, main, ...args];
  const child = spawn(command, rest, {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: tmpdir(),
      CADDY_BIN: caddyPath,
      ...compileCache,
      ...unwatched,
      ...portsOf(home),
      ...env,
    },
    stdio: 'pipe',
  });
  child.stdin.end(stdin);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const watchdog = watch(child.pid ?? 0);
  let end: number | NodeJS.Signals | undefined;
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      end = code ?? signal ?? -1;
      watchdog.kill('SIGKILL');
      running.delete(run);
      resolve(end);
    });
  });
  const untilSaid = <T>(what: () => T | undefined): Promise<T> =>
    until(() => {
      const found = what();
      if (found === undefined && end !== undefined) throw new Error(`caddyctl ended with ${end}:\n${said.stderr}`);
      return found;
    });
  const run: Run = {
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    kill: (signal) => void child.kill(signal),
    ended,
    document: () =>
      untilSaid(() => (said.stdout.endsWith('}\n') ? (JSON.parse(said.stdout) as UpDocument) : undefined)),
    says: async (pattern) => void (await untilSaid(() => (pattern.test(said.stderr) ? true : undefined))),
  };
  running.add(run);
  return run;
}

/** `caddyctl up -o json` with these arguments. */
export function up(parts: RunParts): Run {
  return caddyctl({ ...parts, args: ['up', '-o', 'json', ...parts.args] });
}

/** Ends all that was started, the Caddys that a killed caddyctl left behind too. For afterEach. */
export async function endAll(homes: readonly string[]): Promise<void> {
  for (const each of running) {
    each.kill('SIGTERM');
    const tooLong = setTimeout(() => each.kill('SIGKILL'), 15_000);
    await each.ended;
    clearTimeout(tooLong);
  }
  for (const home of homes) {
    for (const kind of ['local', 'up']) {
      const record = join(home, '.local/state/caddyctl', kind, 'running.json');
      const pid = await readFile(record, 'utf8').then(
        (text) => (JSON.parse(text) as { caddy: number }).caddy,
        () => undefined,
      );
      if (pid !== undefined && runs(pid)) process.kill(pid, 'SIGKILL');
    }
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Whether this process runs. One that has ended and that nobody waits for, as in some containers, does not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** What a site answers over https to one who trusts only the CA of this run. */
export async function get({ rootCertificate, sites }: UpDocument, host: string, path = '/', headers = {}) {
  const site = sites.find((each) => each.host === host && each.way === 'https');
  if (site === undefined || rootCertificate === null) throw new Error(`${host} is not served by https`);
  const ca = await readFile(rootCertificate, 'utf8');
  return http1({ host, port: Number(new URL(site.url).port), ca }, { path, headers });
}

/** Ends caddyctl, and it its Caddy, should this process be killed: its standard input then closes. */
function watch(pid: number): ChildProcess {
  const watchdog = spawn('sh', ['-c', 'read -r _; kill -TERM "$1"', 'sh', `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  return watchdog;
}
