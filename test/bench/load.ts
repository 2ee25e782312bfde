import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Contender, cpuOf } from './contenders.ts';
import type { Answered } from './load-client.ts';

/** What one burst of requests came to. */
export interface Burst {
  readonly perSecond: number;
  /** Microseconds of Caddy's processor for each. */
  readonly cpu: number;
  readonly statuses: Answered['statuses'];
}

/** Puts a Caddy under load from a process of its own. */
export async function burst(
  { caddy, port }: Contender,
  requests: readonly string[],
  milliseconds: number,
): Promise<Burst> {
  const client = spawn(process.execPath, [join(import.meta.dirname, 'load-client.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const before = await cpuOf(caddy.pid);
  client.stdin.end(JSON.stringify({ port, requests, milliseconds, connections: 16 }));
  const [said] = await Promise.all([text(client.stdout), once(client, 'exit')]);
  const used = (await cpuOf(caddy.pid)) - before;
  const answered = JSON.parse(said) as Answered;
  return {
    perSecond: (answered.answers / answered.milliseconds) * 1_000,
    cpu: (used * 1_000) / answered.answers,
    statuses: answered.statuses,
  };
}

export function requestOf(host: string, path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}
