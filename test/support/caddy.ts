import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminAnswer, type AdminEndpoint, askAdmin } from './admin-request.ts';
import { freePort } from './client/ports.ts';

export interface CaddyParts {
  /** `inject('caddyPath')`. */
  readonly caddyPath: string;
  /** As an object or as JSON text; as it is, so an `admin.listen` in it hides the admin API from the test. Without one Caddy's config is `null`. */
  readonly config?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  /** Added to `caddy run`. */
  readonly args?: readonly string[];
  /** Where the admin API listens: a Unix socket, or a free port of 127.0.0.1. */
  readonly admin?: 'unix' | 'tcp';
  /** In place of that: where another Caddy listened before, so that this one takes its place. */
  readonly endpoint?: AdminEndpoint;
}

export interface RunningCaddy {
  readonly pid: number;
  /** As `--admin` takes it. */
  readonly address: string;
  readonly endpoint: AdminEndpoint;
  /** HOME. Caddy's data is below `data/caddy`, its autosaved config is `config/caddy/autosave.json`. */
  readonly folder: string;
  /** What Caddy has said so far. */
  logs(): string;
  /** Asks the admin API past our own client. */
  admin(method: string, path: string, body?: string, headers?: Readonly<Record<string, string>>): Promise<AdminAnswer>;
  /** The internal CA's root, PEM, as soon as Caddy has made it. */
  rootCa(): Promise<string>;
  /** May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Caddy 2.11.4 cleans its storage as it starts, and while it makes its first certificates it may remove the folder that one is
 * just being written to, and try again a minute later: seen in one start of fifty. It cleans none that was cleaned today.
 */
async function cleanedJustNow(storage: string): Promise<void> {
  await mkdir(storage, { recursive: true });
  const tls = { timestamp: new Date().toISOString(), instance_id: '00000000-0000-4000-8000-000000000000' };
  await writeFile(join(storage, 'last_clean.json'), JSON.stringify({ tls }));
}

/** Starts a real Caddy that shares nothing with the machine's own, and that ends with the test, however the test ends. */
export async function startCaddy(parts: CaddyParts): Promise<RunningCaddy> {
  // A Unix socket's path has room for about 100 characters.
  const folder = await mkdtemp(join(tmpdir(), 'caddy-'));
  const socketPath = join(folder, 's');
  const chosen = parts.admin === 'tcp' ? { host: '127.0.0.1', port: await freePort() } : { socketPath };
  const endpoint: AdminEndpoint = parts.endpoint ?? chosen;
  const address = 'port' in endpoint ? `127.0.0.1:${endpoint.port}` : `unix/${endpoint.socketPath}`;
  await cleanedJustNow(join(folder, 'data/caddy'));
  const config = parts.config === undefined ? [] : ['--config', await configFile(folder, parts.config)];
  const child = spawn(parts.caddyPath, ['run', ...config, ...(parts.args ?? [])], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      CADDY_ADMIN: address,
      ...parts.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const pid = child.pid as number;
  const watchdog = watch(pid, folder);

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const tooLong = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await exited;
    clearTimeout(tooLong);
    watchdog.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  const admin: RunningCaddy['admin'] = (...asked) => askAdmin(endpoint, ...asked);
  const caddy: RunningCaddy = {
    pid,
    address,
    endpoint,
    folder,
    admin,
    stop,
    logs: () => said,
    rootCa: () => rootCa(folder),
  };
  try {
    await answering(caddy, child);
    return caddy;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function configFile(folder: string, config: unknown): Promise<string> {
  const path = join(folder, 'caddy.json');
  await writeFile(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

/** Ends Caddy even if this process is killed: its standard input then closes, and only then. */
function watch(pid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1"; rm -rf "$2"';
  const watchdog = spawn('sh', ['-c', script, 'sh', `${pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  return watchdog;
}

async function answering(caddy: RunningCaddy, child: ChildProcess): Promise<void> {
  for (let tries = 1; ; tries++) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Caddy did not start:\n${caddy.logs()}`);
    try {
      await caddy.admin('GET', '/config/');
      return;
    } catch (error) {
      if (tries === 600) throw new Error(`Caddy's admin API does not answer:\n${caddy.logs()}`, { cause: error });
    }
    await sleep(50);
  }
}

async function rootCa(folder: string): Promise<string> {
  const path = join(folder, 'data/caddy/pki/authorities/local/root.crt');
  for (let tries = 1; tries <= 200; tries++) {
    const pem = await readFile(path, 'utf8').catch(() => '');
    if (pem.includes('END CERTIFICATE')) return pem;
    await sleep(50);
  }
  throw new Error('Caddy has made no internal CA');
}
