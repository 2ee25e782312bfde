import { type ExecFileException, execFile } from 'node:child_process';

export interface RunOptions {
  /** The whole environment of the command; its PATH is also where the command is looked for. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A command could not be started, failed or took too long; the message is one line that names the command and says why. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  /** The system's code when it could not be started (`ENOENT`, `EACCES`, …). */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

const mostOutput = 16 * 1024 * 1024;
const patienceAfterTermMs = 2_000;

/**
 * Runs a command without a shell and without input, and returns what it wrote to stdout.
 * Throws CommandFailed, or the signal's reason. Either way the command has ended by then: its files may be removed.
 */
export function runCommand(file: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { env, cwd, timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  const limit = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  return new Promise((resolve, reject) => {
    let lastResort: NodeJS.Timeout | undefined;
    const child = execFile(file, args, { env, cwd, maxBuffer: mostOutput }, (error, stdout, stderr) => {
      clearTimeout(lastResort);
      limit.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else if (limit.aborted) reject(new CommandFailed(`\`${file}\` took longer than ${timeoutMs / 1000} s`));
      else if (error !== null) reject(failure(file, error, stderr));
      else resolve(stdout);
    });
    // execFile's own `signal` rejects while the command still runs. And a grandchild that
    // outlives the command holds the pipes open: without destroying them, the wait is for it.
    const stop = (): void => {
      child.kill('SIGTERM');
      child.stdout?.destroy();
      child.stderr?.destroy();
      lastResort = setTimeout(() => child.kill('SIGKILL'), patienceAfterTermMs);
    };
    limit.addEventListener('abort', stop, { once: true });
    child.stdin?.end();
  });
}

function failure(file: string, error: ExecFileException, stderr: string): CommandFailed {
  const { code } = error;
  if (code === 'ENOENT') return new CommandFailed(`there is no \`${file}\``, code);
  if (code === 'EACCES') return new CommandFailed(`\`${file}\` is not executable`, code);
  if (typeof code === 'string') return new CommandFailed(`\`${file}\` does not run (${code})`, code);
  const ended = typeof code === 'number' ? `ended with ${code}` : 'was killed';
  const words = complaint(stderr);
  return new CommandFailed(`\`${file}\` ${ended}${words === '' ? '' : `: ${words}`}`);
}

/** The line of stderr that says most: apt's first `E:` line, else the last one, without what could be a password in an address. */
function complaint(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim())
    .filter((line) => line !== '');
  const line = lines.find((line) => line.startsWith('E: ')) ?? lines.at(-1) ?? '';
  return line.replaceAll(/\/\/[^\s/@]*@/g, '//').slice(0, 300);
}
