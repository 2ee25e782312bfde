import type { WriteStream } from 'node:tty';
import type { StatusDocument } from '../../daemon/status/document.ts';
import type { Output } from '../output.ts';

export interface Screen {
  show(status: StatusDocument): Promise<void>;
  close(): void;
}

/** Milliseconds between two drawings where nothing changes but the time. */
const pause = 5_000;
const clear = '\u001B[H\u001B[2J';

/** On a terminal the whole text, drawn anew each time; else a line for each change, in JSON a line for each status. */
export function createScreen(
  output: Output,
  terminal: Pick<WriteStream, 'isTTY' | 'rows'>,
  words: { readonly text: (status: StatusDocument) => string; readonly line: (status: StatusDocument) => string },
): Screen {
  let last: StatusDocument | undefined;
  let said = '';
  let timer: NodeJS.Timeout | undefined;

  async function draw(status: StatusDocument): Promise<void> {
    const lines = words.text(status).trimEnd().split('\n');
    // What does not fit would push the headline out.
    const shown = lines.length < terminal.rows ? lines : [...lines.slice(0, Math.max(1, terminal.rows - 2)), '…'];
    await output.text(`${clear}${shown.join('\n')}\n`);
  }

  async function say(status: StatusDocument): Promise<void> {
    const line = words.line(status);
    if (line === said) return;
    said = line;
    await output.text(`${new Date().toISOString().slice(0, 19)}Z ${line}\n`);
  }

  return {
    async show(status) {
      last = status;
      if (output.format === 'json') return await output.text(`${JSON.stringify(status)}\n`);
      if (output.format === 'yaml') {
        await output.text('---\n');
        return await output.document(status, () => '');
      }
      if (!terminal.isTTY) return await say(status);
      timer ??= setInterval(() => last && void draw(last), pause);
      await draw(status);
    },
    close: () => clearInterval(timer),
  };
}
