import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface ProcessTime {
  /** Milliseconds from start to end. */
  readonly wall: number;
  /** Milliseconds of processor, of all its threads: what a busy machine does not change. */
  readonly cpu: number;
}

const run = promisify(execFile);

/** Runs a whole process to its end, with its standard output thrown away. Rejects with what it said if it fails. */
export async function processTime(command: string, args: readonly string[]): Promise<ProcessTime> {
  // The second line of `times` is what the shell's children used.
  const script = '"$@" > /dev/null || exit; times';
  const begun = performance.now();
  const { stdout } = await run('sh', ['-c', script, 'sh', command, ...args]);
  const wall = performance.now() - begun;
  const used = stdout.trim().split('\n')[1] ?? '';
  const parts = [...used.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds),
  );
  return { wall, cpu: 1_000 * parts.reduce((sum, each) => sum + each, 0) };
}
