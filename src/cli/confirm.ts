import { createInterface } from 'node:readline/promises';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** Asks on a terminal; only a yes that was typed is one, and Ctrl-D is a no. Ctrl-C ends the command. */
export async function askYesNo(question: string, terminal: Pick<NodeJS.Process, 'stdin' | 'stderr'>): Promise<boolean> {
  const reader = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: true, historySize: 0 });
  const ended = new AbortController();
  let interrupted = false;
  reader.once('SIGINT', () => {
    interrupted = true;
    reader.close();
  });
  reader.once('close', () => ended.abort());
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal: ended.signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch (error) {
    if (interrupted) throw new Failure(exitCodes.interrupted, 'interrupted: nothing was changed');
    if (error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  } finally {
    reader.close();
  }
}
