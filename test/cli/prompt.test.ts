import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { askHidden } from '../../src/cli/prompt.ts';

interface Asked {
  readonly answers: Promise<readonly string[]>;
  readonly shown: () => string;
  readonly type: (text: string) => void;
}

function ask(...questions: readonly string[]): Asked {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  let shown = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const terminal = { stdin, stderr } as unknown as Pick<NodeJS.Process, 'stdin' | 'stderr'>;
  return { answers: askHidden(questions, terminal), shown: () => shown, type: (text) => void stdin.write(text) };
}

describe('askHidden', () => {
  test('shows the questions and nothing of the answers', async () => {
    const { answers, shown, type } = ask('Password: ', 'Again: ');
    type('secret\r');
    type('other\r');
    expect(await answers).toEqual(['secret', 'other']);
    expect(shown()).toBe('Password: \nAgain: \n');
  });

  test('takes what was pasted in one go, and corrections', async () => {
    const { answers, type } = ask('Password: ', 'Again: ');
    type('secrex\u007ft\nsecret\n');
    expect(await answers).toEqual(['secret', 'secret']);
  });

  test.each([
    ['Ctrl-C', '\u0003', { exitCode: 130 }],
    ['Ctrl-D', '\u0004', { exitCode: 64 }],
  ])('%s ends it', async (_name, key, failure) => {
    const { answers, type } = ask('Password: ');
    type(key);
    await expect(answers).rejects.toMatchObject(failure);
  });
});
