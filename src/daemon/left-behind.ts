import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopCaddy } from '../admin/stop.ts';
import type { RunFolder } from './run-folder.ts';
import { isAnswered } from './run-lock.ts';
import { readRecord, removeRecord } from './running-record.ts';

/** `stuck`: it still runs; its process id where that is known. */
export type LeftBehind =
  | { readonly kind: 'none' }
  | { readonly kind: 'ended'; readonly pid: number | undefined }
  | { readonly kind: 'stuck'; readonly pid: number | undefined };

/** How long it may take to finish what is under way, milliseconds. */
const patience = 10_000;

/**
 * Ends the Caddy of a caddyctl that was killed. What answers on the socket in our private folder is ours for certain, and is
 * asked to stop; by its number alone, which may be another's by now, no process is ended. Only with the lock held.
 */
export async function endLeftBehind(folder: RunFolder, limit: number = patience): Promise<LeftBehind> {
  const pid = (await readRecord(folder.record))?.caddy;
  const answered = await isAnswered(folder.adminSocket);
  if (!answered && !(await runs(pid))) {
    await removeRecord(folder.record);
    return { kind: 'none' };
  }
  // It writes a log line on each request. Without the caddyctl that read them it may end right there, which is as good.
  if (answered) await stopCaddy(folder.adminSocket);
  const end = performance.now() + limit;
  while ((await isAnswered(folder.adminSocket)) || (await runs(pid))) {
    if (performance.now() > end) return { kind: 'stuck', pid };
    await sleep(25);
  }
  await removeRecord(folder.record);
  return { kind: 'ended', pid };
}

/** Whether the process with this number is a Caddy that some caddyctl started. */
async function runs(pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return false;
  const command = await commandOf(pid);
  return /\brun\b.--config.-/s.test(command) && command.includes('caddy');
}

/** Empty when there is no such process. Linux tells without a program, others by `ps`. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
  }
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'args=', '-p', `${pid}`], (_error, stdout) => resolve(stdout));
  });
}
