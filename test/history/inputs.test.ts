import { expect, test } from 'vitest';
import { inputsDigest, inputsOf } from '../../src/history/inputs.ts';

const digest = (files: Readonly<Record<string, string>>): string =>
  inputsDigest(inputsOf(Object.entries(files).map(([path, text]) => ({ path, text }))));

test('one digest for what the files say, whatever they are called and in whatever order they come', () => {
  const set = digest({ 'policies/a.yaml': 'one', 'policies/b.yaml': 'two' });
  expect(digest({ '/srv/policies/b.yaml': 'two', '/srv/policies/a.yaml': 'one' })).toBe(set);
  expect(digest({ 'policies/a.yaml': 'one', 'policies/b.yaml': 'two ' })).not.toBe(set);
  expect(digest({ 'policies/a.yaml': 'one' })).not.toBe(set);
  expect(digest({ 'policies/a.yaml': 'one', 'policies/b.yaml': 'two', 'policies/c.yaml': 'two' })).not.toBe(set);
});

test('an input is a path and a hash, and nothing of the text', () => {
  expect(inputsOf([{ path: 'a.yaml', text: 'secret' }])).toEqual([
    { path: 'a.yaml', sha256: '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b' },
  ]);
});
