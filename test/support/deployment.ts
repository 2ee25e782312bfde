import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { type RunningCaddy, startCaddy } from './caddy.ts';
import type { Endpoint } from './client/endpoint.ts';
import { freePort } from './client/ports.ts';
import { moveConfig, type Moves } from './deployment-move.ts';

const root = join(import.meta.dirname, '../..');

export interface DeploymentParts extends Partial<Moves> {
  readonly caddyPath: string;
  /** A file of `policies/`, as it is shipped; without one, all of them as one set. */
  readonly policy?: string;
  /** The environment of caddyctl: what the policy's `${NAME}`s read. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The environment of Caddy: where `{ env: NAME }` secrets live. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A shipped policy, served by a real Caddy on ports of its own. */
export interface Deployment {
  readonly caddy: RunningCaddy;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** The site over https, called from this loopback address. */
  https(host: string, from?: string): Endpoint;
  /** The same name on the plain http port, or on another port of this deployment. */
  http(host: string, from?: string, port?: number): Endpoint;
  stop(): Promise<void>;
}

/** Compiles a policy as an operator does, by the command line. */
export async function translate(
  policy: string,
  flags: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'src/main.ts'), 'translate', join(root, 'policies', policy), ...flags],
    { env: { PATH: process.env['PATH'], ...settings }, maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

export async function deploy(parts: DeploymentParts): Promise<Deployment> {
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const flags = ['--http-port', `${httpPort}`, '--https-port', `${httpsPort}`, '--internal-ca'];
  const config = await translate(parts.policy ?? '', flags, parts.settings);
  const moves = { dials: parts.dials ?? {}, listens: parts.listens ?? {} };
  const moved = moveConfig(config, moves, [`:${httpPort}`, `:${httpsPort}`]);
  const caddy = await startCaddy({ caddyPath: parts.caddyPath, config: moved, env: { ...parts.environment } });
  try {
    const ca = await caddy.rootCa();
    const https = (host: string, from?: string): Endpoint => ({ host, port: httpsPort, ca, from });
    const http = (host: string, from?: string, port = httpPort): Endpoint => ({ host, port, from });
    for (const host of hostsServed(moved, `:${httpsPort}`)) await certificateServed(https(host));
    return { caddy, httpPort, httpsPort, https, http, stop: () => caddy.stop() };
  } catch (error) {
    await caddy.stop();
    throw error;
  }
}

/** Caddy makes certificates after it has begun to serve, so the first handshakes may fail. */
async function certificateServed(site: Endpoint): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await handshake(site);
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** No request, which an app would count. */
function handshake({ host, port, ca }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: host, ...(ca !== undefined && { ca }) });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.destroy();
      resolve();
    });
  });
}

/** The exact hosts in the matchers of the servers on this listen address. */
function hostsServed(config: unknown, listen: string): string[] {
  const hosts = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'host' && Array.isArray(inner)) for (const host of inner) hosts.add(String(host));
      else walk(inner);
    }
  };
  const { apps } = config as { apps: { http: { servers: Record<string, { listen: string[] }> } } };
  for (const server of Object.values(apps.http.servers)) if (server.listen.includes(listen)) walk(server);
  return [...hosts].filter((host) => !host.startsWith('*'));
}
