import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaddyConfig } from '../../src/caddy/translate.ts';
import type { RunningCaddy } from './caddy.ts';
import { startCaddy } from './caddy.ts';
import { freePort } from './client/ports.ts';

/** A Caddy that provisions any config of ours without a port, a file or a certificate authority outside the test. */
export interface Sandbox {
  readonly caddy: RunningCaddy;
  /** Where it listens in place of the addresses that configs name, in their order. */
  readonly ports: readonly number[];
  /** Caddy's complaint, or "" when it runs the config; the config that ran before is then gone. */
  load(config: CaddyConfig): Promise<string>;
  stop(): Promise<void>;
}

const listeners = 16;

/** The hash of "secret" at bcrypt's least cost: what a policy's `{ env: … }` finds for a user. */
export const hashOfSecret = '$2b$04$YANC3HuSGQ3T9rMmVjQUkORWX1BpFWSfb6ffgmofgtTiZu2sgBa6i';

const start = {
  apps: {
    pki: { certificate_authorities: { local: { install_trust: false } } },
    tls: {
      certificates: { automate: ['sandbox.test'] },
      automation: { policies: [{ issuers: [{ module: 'internal' }] }] },
    },
  },
};

/** `secrets` are the names that policies read by `{ env: NAME }`; each is a hash, and so is each file below /run/secrets. */
export async function startSandbox(caddyPath: string, secrets: readonly string[]): Promise<Sandbox> {
  const env = Object.fromEntries(secrets.map((name) => [name, hashOfSecret]));
  const caddy = await startCaddy({ caddyPath, config: start, env });
  const ports = new Set<number>();
  while (ports.size < listeners) ports.add(await freePort());
  await caddy.rootCa();
  await mkdir(join(caddy.folder, 'secrets'));
  const load = async (config: CaddyConfig): Promise<string> => {
    const text = moveFiles(JSON.stringify(moveServers(config, [...ports])), caddy.folder);
    for (const [, name = ''] of text.matchAll(/\/secrets\/([\w.-]+)/g)) {
      await writeFile(join(caddy.folder, 'secrets', name), hashOfSecret);
    }
    const answer = await caddy.admin('POST', '/load', text);
    return answer.status === 200 ? '' : answer.text;
  };
  return { caddy, ports: [...ports], load, stop: () => caddy.stop() };
}

interface Server {
  readonly listen: readonly string[];
  readonly automatic_https: object;
}

/** Each address becomes a port of the test's, and no certificate is asked for: a public authority is no part of a test. */
function moveServers(config: CaddyConfig, ports: readonly number[]): unknown {
  const { http, ...apps } = config.apps as unknown as { http: { servers: Record<string, Server> } };
  const moved = new Map<string, string>();
  const move = (address: string): string => {
    const port = ports[moved.size];
    if (port === undefined && !moved.has(address)) throw new Error(`more than ${ports.length} addresses`);
    if (!moved.has(address)) moved.set(address, `127.0.0.1:${port}`);
    return moved.get(address) ?? '';
  };
  const servers = Object.entries(http.servers).map(([name, server]) => [
    name,
    {
      ...server,
      listen: server.listen.map(move),
      automatic_https: { ...server.automatic_https, disable_certificates: true },
    },
  ]);
  return { ...config, apps: { ...apps, http: { ...http, servers: Object.fromEntries(servers) } } };
}

/** Certificates and keys become those of Caddy's own authority, the only PEM files that the test has. */
function moveFiles(text: string, folder: string): string {
  const authority = join(folder, 'data/caddy/pki/authorities/local');
  return text
    .replace(/\/etc\/ssl\/[\w.-]+\.pem/g, join(authority, 'root.crt'))
    .replace(/\/etc\/ssl\/[\w.-]+\.key/g, join(authority, 'root.key'))
    .replaceAll('/run/secrets/', join(folder, 'secrets/'));
}
