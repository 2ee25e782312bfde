import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { goldenTarget } from '../support/golden.ts';

function codesOf(text: string, env: Readonly<Record<string, string>>): readonly string[] {
  const { config, diagnostics } = compile([{ path: 'a.yaml', text }], { ...goldenTarget, env });
  expect(config).toBeUndefined();
  return diagnostics.map(({ code }) => code);
}

test('a long variable that is named often is refused, before the text is longer than Node can hold', () => {
  const text = `sites: {a.example: {respond: "${'${LONG}'.repeat(100_000)}"}}`;
  expect(codesOf(text, { LONG: 'x'.repeat(100_000) })).toEqual(['set-too-large']);
});

test.each(['__proto__', 'constructor', 'prototype'])('a variable does not make a key %s', (name) => {
  expect(codesOf('sites: {"${NAME}": {respond: x}}', { NAME: name })).toContain('forbidden-key');
});

test.each(['constructor', 'toString', '__proto__'])('what every object has is no variable: %s', (name) => {
  expect(codesOf(`sites: { a.test: { respond: "\${${name}}" } }`, {})).toEqual(['unset-variable']);
});
