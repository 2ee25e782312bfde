import { expect, test } from 'vitest';
import type { Output } from '../../../src/cli/output.ts';
import { createScreen } from '../../../src/cli/status/screen.ts';
import { type StatusDocument, statusDocument } from '../../../src/daemon/status/document.ts';
import { brokenStatus, someStatus } from '../../daemon/status/some-status.ts';

const serving = statusDocument(someStatus(), '1.2.3', true);
const degraded = statusDocument(brokenStatus('x'), '1.2.3', true);
const words = {
  text: ({ state }: StatusDocument) => `${state}\n1\n2\n3\n4\n`,
  line: ({ state }: StatusDocument) => state,
};

async function shown(format: Output['format'], terminal: { isTTY: boolean; rows: number }): Promise<string[]> {
  const texts: string[] = [];
  const write = async (text: string): Promise<void> => void texts.push(text);
  const document = async (value: unknown): Promise<void> => void texts.push(JSON.stringify(value));
  const output = {
    format,
    color: false,
    noteColor: false,
    document,
    text: write,
    note() {},
    error() {},
    diagnostics() {},
    async failed() {},
  };
  const screen = createScreen(output, terminal, words);
  for (const status of [serving, serving, degraded]) await screen.show(status);
  screen.close();
  return texts;
}

test('on a terminal it is drawn anew, and no more than fits', async () => {
  const clear = '\u001B[H\u001B[2J';
  const all = await shown('text', { isTTY: true, rows: 6 });
  expect(all).toEqual(['serving', 'serving', 'degraded'].map((state) => `${clear}${state}\n1\n2\n3\n4\n`));
  const [cut] = await shown('text', { isTTY: true, rows: 4 });
  expect(cut).toBe(`${clear}serving\n1\n…\n`);
});

test('elsewhere each change is a line', async () => {
  const lines = await shown('text', { isTTY: false, rows: 4 });
  expect(lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /, ''))).toEqual([
    'serving\n',
    'degraded\n',
  ]);
});

test('in JSON each status is a line, in YAML a document', async () => {
  const lines = await shown('json', { isTTY: true, rows: 4 });
  expect(lines.map((line) => (JSON.parse(line) as StatusDocument).state)).toEqual(['serving', 'serving', 'degraded']);
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  expect((await shown('yaml', { isTTY: false, rows: 4 })).filter((text) => text === '---\n')).toHaveLength(3);
});
