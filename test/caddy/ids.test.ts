import { expect, test } from 'vitest';
import { hostSlug, listenSlug, ownedId, pathSlug } from '../../src/caddy/ids.ts';
import { parseHost, parseListen } from '../../src/policy/schema/network.ts';
import { parsePath } from '../../src/policy/schema/path.ts';

/** Each must be taken by the language, and no two may be one to Caddy. */
const listens = [':80', '0.0.0.0:80', '[::]:80', '[::1]:80', '[1::]:80', '[fe80::1%eth0]:80', 'unix//a-b', 'unix//a/b'];
const hosts = [
  'a.test',
  'a.test_x',
  'a_.test',
  '*.a.test',
  'wildcard_.a.test',
  'wildcard.a.test',
  '_no-path',
  'no-path',
  '_',
];
const paths = ['/', '/x', '=/x', '=/x/', '/x-', '/x/-', '/*/x', '/ä', '/%'.replace('%', '&'), '/-26-', '/_x', '/x_'];

const ids = [
  ...listens.map((text) => listenSlug(text)),
  '_no-path',
  '_requests',
  '_unknown-host',
  ...hosts.flatMap((host) => ['', ...paths.map(slugOf)].map((path) => `${hostSlug(host)}${path}`)),
].map((part) => ownedId('default', part));

function slugOf(text: string): string {
  const parsed = parsePath(text);
  if ('code' in parsed) throw new Error(text);
  return pathSlug(parsed.value);
}

test('different things have different ids, of letters that Caddy takes', () => {
  expect(listens.map((text) => parseListen(text))).toEqual(listens.map((value) => ({ value })));
  expect(hosts.map((text) => parseHost(text))).toEqual(hosts.map((value) => ({ value })));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[A-Za-z0-9._-]+$/.test(id))).toEqual([]);
});
