import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** Asks on a terminal without showing what is typed; one answer for each question, in their order. */
export async function askHidden(
  questions: readonly string[],
  terminal: Pick<NodeJS.Process, 'stdin' | 'stderr'>,
): Promise<readonly string[]> {
  // readline edits the line and echoes it into nothing; the history would keep the answers.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: terminal.stdin, output: nowhere, terminal: true, historySize: 0 });
  let interrupted = false;
  reader.once('SIGINT', () => {
    interrupted = true;
    reader.close();
  });
  const answers: string[] = [];
  // One iterator for all: it keeps a second line that was pasted together with the first.
  const lines = reader[Symbol.asyncIterator]();
  try {
    for (const question of questions) {
      terminal.stderr.write(question);
      const line = await lines.next();
      terminal.stderr.write('\n');
      if (line.done === true) {
        throw interrupted
          ? new Failure(exitCodes.interrupted, 'interrupted')
          : new Failure(exitCodes.usage, 'the input ended before an answer');
      }
      answers.push(line.value);
    }
  } finally {
    reader.close();
  }
  return answers;
}
