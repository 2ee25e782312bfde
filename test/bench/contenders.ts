import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { type RunningCaddy, startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { temporaryFile } from './temporary-file.ts';

/** Caddys that serve the same sites over plain http, from differently made JSON. */
export const contenderNames = ['adapt', 'auto', 'plain'] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface Contender {
  readonly caddy: RunningCaddy;
  readonly port: number;
  /** What it was started with. */
  readonly config: string;
}

/** The same sites, said twice. */
export interface SaidTwice {
  readonly policies: string;
  readonly caddyfile: (httpPort: number) => string;
}

/** Starts them one after another: `caddy adapt` of the Caddyfile, and both layouts of the policies. */
export async function startContenders(
  caddyPath: string,
  said: SaidTwice,
  names: readonly ContenderName[] = contenderNames,
): Promise<Map<ContenderName, Contender>> {
  const started = new Map<ContenderName, Contender>();
  for (const name of names) {
    const port = await freePort();
    const config = name === 'adapt' ? await adapted(caddyPath, said.caddyfile(port), port) : laidOut(said, name, port);
    const caddy = await startCaddy({ caddyPath });
    const answer = await caddy.admin('POST', '/load', config);
    if (answer.status !== 200) throw new Error(`Caddy does not take what ${name} is: ${answer.text}`);
    started.set(name, { caddy, port, config });
  }
  return started;
}

async function adapted(caddyPath: string, caddyfile: string, port: number): Promise<string> {
  await using file = await temporaryFile(caddyfile);
  const args = ['adapt', '--config', file.path, '--adapter', 'caddyfile'];
  const { stdout } = await promisify(execFile)(caddyPath, args, { maxBuffer: 1_000_000_000 });
  return stdout.replace(`":${port}"`, `"127.0.0.1:${port}"`);
}

function laidOut({ policies }: SaidTwice, layout: 'auto' | 'plain', port: number): string {
  const listen = new Map([[':80', [`127.0.0.1:${port}`]]]);
  const target = { owner: 'bench', httpPort: 80, httpsPort: 443, internalCa: false, env: {}, layout, listen };
  const { config, diagnostics } = compile([{ path: 'bench.yaml', text: policies }], target);
  if (config === undefined) throw new Error(renderDiagnostics(diagnostics));
  return JSON.stringify(config);
}

/** Milliseconds of processor that a process has used. */
export async function cpuOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = '0', system = '0'] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** MiB of memory that a process holds. */
export async function memoryOf(pid: number): Promise<number> {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
