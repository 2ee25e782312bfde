import { expect, test } from 'vitest';
import { placeholder, verbatim, verbatimAll, written } from '../../src/caddy/placeholders.ts';

test('a brace is text unless it was said to be none', () => {
  expect(written({ body: 'a {env.SECRET} b', '{key}': ['}', '{{}}'] })).toEqual({
    body: 'a \\{env.SECRET\\} b',
    '\\{key\\}': ['\\}', '\\{\\{\\}\\}'],
  });
  expect(written(`${placeholder('http.request.uri')}{http.request.uri}`)).toBe(
    '{http.request.uri}\\{http.request.uri\\}',
  );
});

test('patterns, and what is declared to take placeholders, stay as they are', () => {
  expect(written({ pattern: verbatim('[0-9]{3}') })).toEqual({ pattern: '[0-9]{3}' });
  const raw = { '{env.A}': [{ body: '{env.B}', n: 1, nothing: null, is: true }] };
  expect(written(verbatimAll(raw))).toEqual(raw);
});

test('what holds no brace is the very same object', () => {
  const plain = { handler: 'static_response', headers: { A: ['b'] }, list: [1, null, true] };
  expect(written(plain)).toBe(plain);
});

test('a key that has a meaning to JavaScript is a key', () => {
  const odd = JSON.parse('{"__proto__": "{x}"}') as Record<string, string>;
  expect(JSON.stringify(written(odd))).toBe('{"__proto__":"\\\\{x\\\\}"}');
});
