import { execFile } from 'node:child_process';
import { systemReason } from '../files/problem.ts';
import type { Log } from '../log.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The service manager that started us and waits to hear how we are: systemd, by its notify protocol (sd_notify(3)). */
export interface Systemd {
  /** Milliseconds after which it takes us for hung if it hears nothing; undefined where it does not watch. */
  readonly patience: number | undefined;
  /** Sent in this order, each as one message. */
  tell(message: Readonly<Record<string, string | number>>): void;
  /** Resolves when all was sent. */
  sent(): Promise<void>;
}

/** One message takes some 10 ms; that long only where the manager itself hangs. */
const longestMs = 5_000;

/**
 * Undefined where nobody wants to hear. Node can send nothing to a datagram socket with a path, and what could is compiled
 * on each machine, so systemd's own program is asked to: it is there wherever systemd is. `NotifyAccess=all` allows it.
 */
export function openSystemd(env: Environment, log: Log, pid: number = process.pid): Systemd | undefined {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return undefined;
  let last = Promise.resolve();
  let isMissing = false;

  const send = (assignments: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      if (isMissing) return resolve();
      execFile('systemd-notify', [...assignments], { env: { ...env }, timeout: longestMs }, (error, _, said) => {
        if (error !== null) tellWhy(error, said);
        resolve();
      });
    });

  function tellWhy(error: Error, said: string): void {
    isMissing = 'code' in error && error.code === 'ENOENT';
    const hint = isMissing ? 'install systemd-notify, or start this with Type=exec in place of Type=notify' : undefined;
    const reason = said.trim() === '' ? systemReason(error) : said.trim();
    log.warn({ reason, ...(hint !== undefined && { hint }) }, 'the service manager cannot be told');
  }

  return {
    patience: watchdogMs(env, pid),
    tell(message) {
      const assignments = Object.entries(message).map(([name, value]) => `${name}=${oneLine(value)}`);
      last = last.then(() => send(assignments));
    },
    sent: () => last,
  };
}

/** `WATCHDOG_PID` names another process where this one was started by a wrapper, which is then the one that is watched. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: Environment, pid: number): number | undefined {
  const microseconds = Number(WATCHDOG_USEC);
  if (!(microseconds > 0) || (WATCHDOG_PID !== undefined && WATCHDOG_PID !== `${pid}`)) return undefined;
  return microseconds / 1_000;
}

function oneLine(value: string | number): string {
  return `${value}`.replaceAll(/\s+/g, ' ').slice(0, 500);
}
