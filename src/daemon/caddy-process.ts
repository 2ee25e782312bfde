import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { systemReason } from '../files/problem.ts';

export interface CaddyProcessParts {
  /** The executable. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its first config, JSON text. */
  readonly config: string;
  /** Gets each line that Caddy writes. */
  readonly onLine: (line: string) => void;
}

/** How a Caddy ended: with an exit code, or by a signal. */
export interface CaddyExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface CaddyProcess {
  readonly pid: number;
  /** Never rejects. All that Caddy wrote was given to `onLine` by then. */
  readonly exited: Promise<CaddyExit>;
  /** Asks it to finish what is under way, and kills it when that takes longer than `patience`, in milliseconds. */
  stop(patience: number): Promise<CaddyExit>;
}

/** The executable could not be started at all. */
export class CaddyNotStarted extends Error {
  override readonly name = 'CaddyNotStarted';
}

/** Starts `caddy run`. It is killed with this process, unless this process is killed itself. Throws CaddyNotStarted. */
export async function startCaddyProcess({ path, env, config, onLine }: CaddyProcessParts): Promise<CaddyProcess> {
  // A session of its own: a Ctrl-C would reach it too, and it would end before we know that it shall.
  const child = spawn(path, ['run', '--config', '-'], { env: environment(env), detached: true, stdio: 'pipe' });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new CaddyNotStarted(`${path} cannot be started: ${systemReason(error)}`, { cause: error });
  }
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exited = ended(child, onLine);
  void exited.then(() => process.off('exit', killWithUs));
  // It may end before it has read its config; that it ended is what counts then.
  child.stdin.on('error', () => {});
  child.stdin.end(config);
  return {
    pid: child.pid ?? 0,
    exited,
    async stop(patience) {
      child.kill('SIGTERM');
      const lastResort = setTimeout(() => child.kill('SIGKILL'), patience);
      try {
        return await exited;
      } finally {
        clearTimeout(lastResort);
      }
    },
  };
}

function ended(child: ChildProcess, onLine: (line: string) => void): Promise<CaddyExit> {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
  }
  return new Promise((resolve) => {
    child.on('error', () => {});
    child.once('exit', (code, signal) => {
      // Its last words may still be in the pipes, and a process that it started may hold them open for ever.
      const lastWords = setTimeout(() => resolve({ code, signal }), 500);
      child.once('close', () => {
        clearTimeout(lastWords);
        resolve({ code, signal });
      });
    });
  });
}

/** What a service manager told us is for us alone: Caddy would tell it that all is ready before any policy is applied. */
function environment(env: CaddyProcessParts['env']): NodeJS.ProcessEnv {
  const { NOTIFY_SOCKET: _socket, WATCHDOG_USEC: _usec, WATCHDOG_PID: _pid, ...rest } = env;
  return rest;
}
