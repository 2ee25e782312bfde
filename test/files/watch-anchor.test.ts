import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anchorOf, anchorsOf } from '../../src/files/anchor.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'caddyctl-anchor-')));
  mkdirSync(join(folder, 'a/b/policies'), { recursive: true });
  writeFileSync(join(folder, 'a/b/one.yaml'), '');
});

afterEach(() => {
  chmodSync(join(folder, 'a'), 0o700);
  rmSync(folder, { recursive: true });
});

async function anchor(path: string): Promise<string> {
  return relative(folder, await anchorOf(join(folder, path)));
}

test('the parent of what is there as it is named', async () => {
  expect(await anchor('a/b/policies')).toBe('a/b');
  expect(await anchor('a/b/one.yaml')).toBe('a/b');
  expect(await anchor('a/b/../b/policies/')).toBe('a/b');
});

test('the parent of the first part that is missing', async () => {
  expect(await anchor('a/b/later')).toBe('a/b');
  expect(await anchor('a/later/b/policies')).toBe('a');
  expect(await anchor('a/b/one.yaml/policies')).toBe('a/b');
});

test('the parent of the first part that is a symlink', async () => {
  symlinkSync('a', join(folder, 'release'));
  symlinkSync('policies', join(folder, 'a/b/current'));
  symlinkSync('nowhere', join(folder, 'a/b/dangling'));
  expect(await anchor('a/b/current')).toBe('a/b');
  expect(await anchor('a/b/dangling')).toBe('a/b');
  expect(await anchor('release/b/current')).toBe('');
});

test('the root of the file system has no parent', async () => {
  expect(await anchorOf('/')).toBe('/');
});

test.skipIf(process.getuid?.() === 0)('not a folder that may not be read (root may read all)', async () => {
  chmodSync(join(folder, 'a'), 0o100);
  symlinkSync('policies', join(folder, 'a/b/current'));
  expect(await anchor('a/b/policies')).toBe('a/b');
  chmodSync(join(folder, 'a/b'), 0o100);
  expect(await anchor('a/b/policies')).toBe('a/b/policies');
  expect(await anchor('a/b/policies/x/y')).toBe('a/b/policies');
  chmodSync(join(folder, 'a/b'), 0o700);
});

test('of several paths only the uppermost anchors', async () => {
  const paths = ['a/b/policies', 'a/b/one.yaml', 'a/later', 'other/x'].map((path) => join(folder, path));
  mkdirSync(join(folder, 'other'));
  const anchors = await anchorsOf(paths);
  expect(anchors.map((path) => relative(folder, path)).sort()).toEqual(['a', 'other']);
});
