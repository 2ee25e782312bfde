import { setTimeout as sleep } from 'node:timers/promises';
import { createAdmin } from '../admin/client.ts';
import type { AdminPort } from '../admin/port.ts';
import { createLogReader } from './caddy-log.ts';
import { type CaddyExit, CaddyNotStarted, type CaddyProcess, startCaddyProcess } from './caddy-process.ts';
import { isAnswered } from './run-lock.ts';

export interface ManagedCaddyParts {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its admin API listens: a Unix socket in a folder that only this user can enter. */
  readonly adminSocket: string;
  readonly onLine: (line: string) => void;
}

/** A Caddy of our own, whose admin API answers. It has no config yet but for that. */
export interface ManagedCaddy extends CaddyProcess {
  readonly admin: AdminPort;
}

/** Longest wait for the admin API, milliseconds; it usually takes 50. */
const startLimit = 20_000;

/** Throws CaddyNotStarted with Caddy's own last complaint. */
export async function startManagedCaddy(parts: ManagedCaddyParts): Promise<ManagedCaddy> {
  const { path, env, adminSocket, onLine } = parts;
  const complaintIn = createLogReader('error');
  let complaint: string | undefined;
  const keep = (line: string): void => {
    complaint = complaintIn(line)?.text ?? complaint;
    onLine(line);
  };
  const config = JSON.stringify(firstConfig(adminSocket));
  const caddy = await startCaddyProcess({ path, env, config, onLine: keep });
  const settled = new AbortController();
  const exit = await Promise.race([caddy.exited, answered(adminSocket, settled.signal)]);
  settled.abort();
  if (exit === 'answered') {
    return { ...caddy, admin: createAdmin({ kind: 'unix', path: adminSocket, text: `unix/${adminSocket}` }) };
  }
  if (exit === 'silent') await caddy.stop(0);
  const how = exit === 'silent' ? `its admin API did not answer in ${startLimit / 1000} s` : describeExit(exit);
  throw new CaddyNotStarted(`Caddy did not start: ${how}${complaint === undefined ? '' : `: ${complaint}`}`);
}

/** `it ended with 1`, `it was ended by SIGKILL` */
export function describeExit({ code, signal }: CaddyExit): string {
  return signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
}

/** Only the admin block, which no push touches. `persist: false`: the policies are the truth, not an old autosave. */
function firstConfig(adminSocket: string) {
  return { admin: { listen: `unix/${adminSocket}|0600`, config: { persist: false } } };
}

async function answered(socket: string, settled: AbortSignal): Promise<'answered' | 'silent'> {
  const limit = performance.now() + startLimit;
  while (performance.now() < limit && !settled.aborted) {
    if (await isAnswered(socket)) return 'answered';
    await sleep(20);
  }
  return 'silent';
}
