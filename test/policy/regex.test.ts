import { expect, test } from 'vitest';
import { re2Problem } from '../../src/policy/schema/re2.ts';

// Each was given to Go's regexp.Compile: what it takes is taken, and the rest refused.
test.each([
  String.raw`^/\d+$`,
  String.raw`[\w.*+-]+`,
  String.raw`a\++`,
  String.raw`\\1`,
  '(?i)a(?:b|c)*?',
  '(?P<year>[0-9]{4})(?<month>[0-9]{2})',
  '(?-s:.)',
  '[[:alpha:]_]',
  '[]a]',
  '[^]]',
  String.raw`[\d-z]`,
  String.raw`\p{Greek}\pL\P{^Lu}`,
  String.raw`\x{10FFFF}\x41\012\_`,
  String.raw`\Qa(*\E+`,
  'a{,5}{',
  'a{0}',
  '{env.HOME}',
  '^*',
  '|a||',
  '(?i)',
  '',
  'é+',
])('%s is a pattern', (pattern) => {
  expect(re2Problem(pattern)).toBeUndefined();
});

test.each([
  ['(', 'a "(" without its ")"'],
  ['a)', 'a ")" without its "("'],
  ['[a', 'a "[" without its "]"'],
  [String.raw`[a\]`, 'a "[" without its "]"'],
  ['a**', '"*" repeats what is repeated already'],
  ['a++', '"+" repeats what is repeated already'],
  ['x{2}{3}', '"{3}" repeats what is repeated already'],
  ['*a', 'nothing stands before "*"'],
  ['a|*', 'nothing stands before "*"'],
  ['(?i)*', 'nothing stands before "*"'],
  ['a{1001}', '"{1001}" repeats more than 1000 times'],
  ['((a{100}){11})', '"{11}" repeats more than 1000 times'],
  ['a{2,1}', '"{2,1}" ends before it begins'],
  ['[z-a]', 'a range of characters that ends before it begins'],
  ['(?=a)', 'there is no "(?="'],
  ['(?<!a)', 'there is no "(?<!"'],
  ['(?>a)', 'there is no "(?>"'],
  ['(?#a)', 'there is no "(?#"'],
  [String.raw`(a)\1`, String.raw`there is no "\1"`],
  [String.raw`\Z`, String.raw`there is no "\Z"`],
  [String.raw`\k<n>`, String.raw`there is no "\k"`],
  [String.raw`\p{Foo}`, String.raw`there is no "\p{Foo}"`],
  [String.raw`\x{110000}`, String.raw`"\x{110000}" is no character`],
  ['[[:foo:]]', 'there is no class "[:foo:]"'],
  ['\\', String.raw`a "\" with nothing behind it`],
])('%s is none: %s', (pattern, problem) => {
  expect(re2Problem(pattern)).toBe(problem);
});

test('a long pattern is read once', () => {
  expect(re2Problem('('.repeat(500) + ')'.repeat(500))).toBeUndefined();
  expect(re2Problem('(a|'.repeat(300))).toBe('a "(" without its ")"');
});
