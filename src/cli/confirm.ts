import { createInterface } from 'node:readline/promises';

/** Asks on a terminal; only a yes that was typed is one. Ctrl-C and Ctrl-D are a no. */
export async function askYesNo(question: string, terminal: Pick<NodeJS.Process, 'stdin' | 'stderr'>): Promise<boolean> {
  const reader = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: true, historySize: 0 });
  const ended = new AbortController();
  reader.once('close', () => ended.abort());
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal: ended.signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  } finally {
    reader.close();
  }
}
