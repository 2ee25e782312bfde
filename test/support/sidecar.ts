import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askAdmin } from './admin-request.ts';
import { http1 } from './client/http1.ts';
import { freePort } from './client/ports.ts';
import type { Container } from './containers.ts';
import { until } from './until.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** Where the containers have their volumes. In a test they are folders of these names below one. */
const mounts = ['/run/caddy', '/var/lib/caddyctl', '/policies', '/config', '/data', '/tmp'];

/** The two containers as two processes of this machine, with the command lines and environments that the files give them. */
export interface Sidecar {
  /** Stands for `/`. */
  readonly folder: string;
  /** Where sites may listen. */
  readonly port: number;
  start(name: 'caddy' | 'caddyctl'): void;
  /** Kills it as a machine that loses power does, and waits. */
  kill(name: 'caddy' | 'caddyctl'): Promise<void>;
  /** Waits for Caddy's admin API. */
  answers(): Promise<void>;
  /** Runs a container's health check, and gives its exit code. */
  check(name: 'caddy' | 'caddyctl'): Promise<number>;
  write(policy: string): Promise<void>;
  body(host: string): Promise<string | undefined>;
  serves(host: string, body: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startSidecar(
  caddyPath: string,
  containers: Readonly<Record<'caddy' | 'caddyctl', Container>>,
): Promise<Sidecar> {
  // A Unix socket's path has room for about 100 characters.
  const folder = await mkdtemp(join(tmpdir(), 'side-'));
  for (const mount of [...mounts, '/bin', '/srv']) await mkdir(join(folder, mount), { recursive: true });
  await symlink(caddyPath, join(folder, 'bin/caddy'));
  const [port, statusPort] = [await freePort(), await freePort()];
  const running = new Map<string, { readonly child: ChildProcess; readonly watchdog: ChildProcess }>();

  const inFolder = (text: string): string =>
    text.replaceAll(/(?<![\w.])\/(run\/caddy|var\/lib\/caddyctl|policies|config|data|tmp)\b/g, `${folder}$&`);
  const environment = (env: Container['env']): NodeJS.ProcessEnv => ({
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    HOME: folder,
    // The official image's own.
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    // The image's own; a health check is to be as it is there.
    NODE_COMPILE_CACHE: join(folder, 'tmp'),
    // Each container has 2020 to itself, and each test here a port of its own.
    CADDYCTL_STATUS: `127.0.0.1:${statusPort}`,
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, inFolder(value)])),
  });
  const words = (name: 'caddy' | 'caddyctl', command: readonly string[]): readonly string[] => {
    const mapped = command.map(inFolder);
    if (name === 'caddy') return mapped;
    // The image's entry point, which a health check says itself.
    return [process.execPath, main, ...(mapped[0] === 'node' ? mapped.slice(2) : mapped)];
  };
  const spawned = (name: 'caddy' | 'caddyctl', command: readonly string[]): ChildProcess => {
    const [program = '', ...args] = words(name, command);
    const env = environment(containers[name].env);
    return spawn(program, args, { cwd: join(folder, 'srv'), env, stdio: 'ignore' });
  };
  const end = async (name: string, signal: NodeJS.Signals): Promise<void> => {
    const { child, watchdog } = running.get(name) ?? {};
    running.delete(name);
    if (child === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      const tooLong = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(tooLong);
    }
    watchdog?.kill('SIGKILL');
  };
  const body: Sidecar['body'] = async (host) =>
    await http1({ host, port }).then(
      (answer) => (answer.status === 200 ? answer.body : undefined),
      () => undefined,
    );
  return {
    folder,
    port,
    body,
    start(name) {
      const child = spawned(name, containers[name].command);
      running.set(name, { child, watchdog: watch(child.pid ?? 0) });
    },
    kill: (name) => end(name, 'SIGKILL'),
    async answers() {
      const endpoint = { socketPath: join(folder, 'run/caddy/admin.sock') };
      await until(() => askAdmin(endpoint, 'GET', '/config/').catch(() => undefined));
    },
    async check(name) {
      const child = spawned(name, containers[name].check ?? []);
      const [code] = (await once(child, 'exit')) as [number | null];
      return code ?? -1;
    },
    write: (policy) => writeFile(join(folder, 'policies/site.yaml'), policy),
    serves: async (host, wanted) => void (await until(async () => ((await body(host)) === wanted ? true : undefined))),
    async stop() {
      for (const name of running.keys()) await end(name, 'SIGTERM');
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Ends a process should this one be killed: its standard input then closes. */
function watch(pid: number): ChildProcess {
  const watchdog = spawn('sh', ['-c', 'read -r _; kill -9 "$1"', 'sh', `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  return watchdog;
}
