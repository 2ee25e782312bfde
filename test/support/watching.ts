import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type RunningCaddy, startCaddy } from './caddy.ts';
import { http1 } from './client/http1.ts';
import { freePort } from './client/ports.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { caddyctl, type Run, type RunParts } from './up.ts';
import { until } from './until.ts';

/** `caddyctl watch` over a folder of policies, beside a real Caddy that can come and go. What goes to its admin API is counted. */
export interface Watching {
  /** Holds `policies/`, and is HOME. */
  readonly folder: string;
  /** Where the sites listen: plain http. */
  readonly port: number;
  readonly proxy: FaultProxy;
  /** In place of the one before, if any, at the same address. */
  startCaddy(config?: unknown): Promise<RunningCaddy>;
  killCaddy(): Promise<void>;
  caddy(): RunningCaddy;
  write(text: string, file?: string): Promise<void>;
  remove(file?: string): Promise<void>;
  /** Starts the daemon, which looks by itself once in an hour: what it does, it was told to. End it with `endAll`. */
  watch(...flags: readonly string[]): Run;
  /** The same, and more of it can be said. */
  watchWith(parts: WatchParts): Run;
  /** What a site answers; undefined where nobody does. */
  body(host: string): Promise<string | undefined>;
  /** Waits for it. */
  serves(host: string, body: string): Promise<void>;
  /** How many writes there were: those after which Caddy loads. */
  loads(): number;
  stop(): Promise<void>;
}

export interface WatchParts extends Pick<RunParts, 'env' | 'under'> {
  readonly flags?: readonly string[];
  /** In place of the folder of policies. */
  readonly paths?: readonly string[];
}

/** A line of the log. */
export interface Logged {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** `caddyPath`: where there is no vitest to ask. */
export async function startWatching(caddyPath: string = inject('caddyPath')): Promise<Watching> {
  const folder = await mkdtemp(join(tmpdir(), 'w-'));
  await mkdir(join(folder, 'policies'));
  const endpoint = { socketPath: join(folder, 's') };
  const proxy = await startFaultProxy(endpoint);
  const port = await freePort();
  let running: RunningCaddy | undefined;

  const killCaddy = async (): Promise<void> => {
    if (running === undefined) return;
    process.kill(running.pid, 'SIGKILL');
    await running.stop();
    running = undefined;
  };
  const body: Watching['body'] = async (host) =>
    await http1({ host, port }).then(
      (answer) => (answer.status === 200 ? answer.body : undefined),
      () => undefined,
    );
  const watchWith: Watching['watchWith'] = ({ flags = [], paths = [join(folder, 'policies')], env, under = [] }) => {
    const args = ['watch', ...paths, '--admin', proxy.address, '--interval', '1h', ...flags];
    // Another daemon may have the usual port.
    return caddyctl({ args, home: folder, caddyPath, under, env: { CADDYCTL_STATUS: 'off', ...env } });
  };
  return {
    folder,
    port,
    proxy,
    killCaddy,
    async startCaddy(config) {
      await killCaddy();
      running = await startCaddy({ caddyPath, endpoint, ...(config !== undefined && { config }) });
      return running;
    },
    caddy() {
      if (running === undefined) throw new Error('no Caddy was started');
      return running;
    },
    write: (text, file = 'site.yaml') => writeFile(join(folder, 'policies', file), text),
    remove: (file = 'site.yaml') => rm(join(folder, 'policies', file)),
    watch: (...flags) => watchWith({ flags }),
    watchWith,
    body,
    serves: async (host, wanted) => void (await until(async () => ((await body(host)) === wanted ? true : undefined))),
    loads: () => proxy.writes().length,
    async stop() {
      await proxy.stop();
      await killCaddy();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** What the daemon has logged so far. */
export function logOf(run: Run): Logged[] {
  const lines = run.stderr().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Logged);
}

/** Waits for a line of the log that says this, after the first `skip` lines. */
export async function logs(run: Run, fields: Readonly<Record<string, unknown>>, skip = 0): Promise<Logged> {
  return await until(() =>
    logOf(run)
      .slice(skip)
      .find((line) => Object.entries(fields).every(([name, value]) => line[name] === value)),
  );
}
