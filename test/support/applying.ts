import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, runCli } from '../cli/run-cli.ts';
import { type CaddyParts, type RunningCaddy, startCaddy } from './caddy.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** An operator's folder of policies beside a real Caddy, with all that goes to its admin API counted. */
export interface Applying {
  readonly caddy: RunningCaddy;
  readonly proxy: FaultProxy;
  /** Runs caddyctl in the folder, against the proxy. Standard input is no terminal. */
  run(verb: string, ...flags: readonly string[]): Promise<Finished>;
  /** Replaces `policies/site.yaml`, or another file of that folder. */
  write(text: string, file?: string): Promise<void>;
  /** Writes the policy and applies it. */
  apply(text: string, ...flags: readonly string[]): Promise<Finished>;
  /** What Caddy answers for a path of its config, byte for byte. */
  live(path?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startApplying(parts: CaddyParts): Promise<Applying> {
  const folder = await mkdtemp(join(tmpdir(), 'caddyctl-apply-'));
  await mkdir(join(folder, 'policies'));
  const caddy = await startCaddy(parts);
  const proxy = await startFaultProxy(caddy.endpoint);
  const env = { XDG_STATE_HOME: join(folder, 'state') };
  const run: Applying['run'] = (verb, ...flags) =>
    runCli([verb, '--admin', proxy.address, ...flags], { cwd: folder, env });
  const write = (text: string, file = 'site.yaml'): Promise<void> => writeFile(join(folder, 'policies', file), text);
  return {
    caddy,
    proxy,
    run,
    write,
    apply: async (text, ...flags) => {
      await write(text);
      return await run('apply', ...flags);
    },
    live: async (path = '/config/') => (await caddy.admin('GET', path)).text,
    stop: async () => {
      await proxy.stop();
      await caddy.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
