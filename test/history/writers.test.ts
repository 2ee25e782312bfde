import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openHistory } from '../../src/history/history.ts';
import { newFolder } from './new-folder.ts';
import { config, entry } from './revisions.ts';

const writer = fileURLToPath(new URL('many-writes.ts', import.meta.url));
const run = promisify(execFile);

test('two processes record 200 entries each at the same time: none is lost, and each keeps its order', {
  timeout: 180_000,
}, async () => {
  const folder = newFolder();
  const write = (name: string) => run(process.execPath, [writer, folder, name, '200']);
  await Promise.all([write('a'), write('b')]);
  const { entries, problems } = await openHistory(folder).read();
  expect(problems).toEqual([]);
  for (const name of ['a', 'b']) {
    const theirs = entries.map(({ revision }) => revision).filter((revision) => revision.startsWith(name));
    expect(theirs.toReversed()).toEqual(Array.from({ length: 200 }, (_, index) => `${name}-${index + 1}`));
  }
  // Otherwise they would not have been at it at the same time.
  const order = entries.map(({ revision }) => revision[0]).join('');
  expect(order).toMatch(/ab+a|ba+b/);
});

test('two writers that make room at the same time leave what both would keep', async () => {
  const folder = newFolder();
  const limits = { entries: 10, bytes: 1_000_000, good: 5 };
  const write = async (name: string): Promise<void> => {
    const history = openHistory(folder, { limits });
    for (let number = 1; number <= 50; number++) {
      expect(await history.record(entry(`${name}-${number}`), config(name))).toEqual([]);
    }
  };
  await Promise.all([write('a'), write('b')]);
  const { entries, problems } = await openHistory(folder).read();
  expect(problems).toEqual([]);
  expect(entries.length).toBeGreaterThanOrEqual(10);
  expect(entries.length).toBeLessThanOrEqual(11);
  expect(entries.map(({ revision }) => revision)).toEqual(expect.arrayContaining(['a-50', 'b-50']));
});
