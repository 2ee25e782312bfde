import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KnownFiles } from '../../src/files/known-files.ts';
import { readSources } from '../../src/files/read.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'known-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stdin: AsyncIterable<string> = { async *[Symbol.asyncIterator]() {} };

test('a file that is as it was is the very text, and whatever is done to it, it is read again', async () => {
  const policies = join(folder, 'policies');
  await mkdir(policies);
  const [one, two] = [join(policies, 'one.yaml'), join(policies, 'two.yaml')];
  await writeFile(one, 'a: 1\n');
  await writeFile(two, 'b: 1\n');
  let later = 0;
  const known = new KnownFiles(() => Date.now() + later);
  const read = async () => (await readSources([policies], { stdin, known })).sources;
  const texts = async () => (await read()).map(({ text }) => text);
  const young = await read();
  // Too young to be believed: another write would leave no trace.
  expect((await read())[0]).not.toBe(young[0]);
  later = 10_000;
  const before = await read();
  const again = await read();
  expect(again[0]).toBe(before[0]);
  expect(again[1]).toBe(before[1]);

  const { mtime, atime } = { mtime: new Date(1_000), atime: new Date(1_000) };
  await utimes(one, atime, mtime);
  await read();
  // As long as before, and with its old time put back.
  await writeFile(one, 'a: 2\n');
  await utimes(one, atime, mtime);
  expect(await texts()).toEqual(['a: 2\n', 'b: 1\n']);
  await writeFile(join(folder, 'other'), 'b: 2\n');
  await rename(join(folder, 'other'), two);
  expect(await texts()).toEqual(['a: 2\n', 'b: 2\n']);
  await rm(two);
  await symlink(join(folder, 'elsewhere.yaml'), two);
  await writeFile(join(folder, 'elsewhere.yaml'), 'secret: 1\n');
  expect((await readSources([policies], { stdin, known })).diagnostics.map(({ code }) => code)).toEqual([
    'link-outside',
  ]);
});
