import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statusDocument } from '../../../src/daemon/status/document.ts';
import { since, took } from '../../../src/daemon/status/page/time.js';
import { title, view } from '../../../src/daemon/status/page/view.js';
import { initialStatus, type DaemonStatus } from '../../../src/daemon/status/state.ts';
import { brokenStatus, someStatus } from './some-status.ts';

interface Node {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Node | string | number)[];
}

const folder = join(import.meta.dirname, '../../../src/daemon/status/page');
const sections = (status: DaemonStatus): Node[] => view(statusDocument(status, '1.2.3', true)) as Node[];

function textOf(node: Node | string | number): string {
  return typeof node === 'object' ? node.children.map(textOf).join('') : String(node);
}

function all(node: Node | string | number): Node[] {
  return typeof node === 'object' ? [node, ...node.children.flatMap(all)] : [];
}

test('all that is amiss stands there with its place', () => {
  const text = sections(brokenStatus('a mistake')).map(textOf).join('\n');
  for (const part of [
    'Degraded',
    'b.yaml:7:3',
    'a mistake',
    'Files 2, 1 to look into',
    'watch-limit',
    'aaaa',
    '3 applied',
  ]) {
    expect(text).toContain(part);
  }
  expect(title(statusDocument(brokenStatus('x'), '', true))).toBe('Degraded · caddyctl');
});

test('a daemon that has just begun can be shown', () => {
  const text = sections(initialStatus('default', 'localhost:2019', new Date(0)))
    .map(textOf)
    .join('\n');
  expect(text).toContain('Not serving');
  expect(text).toContain('the first pass has not ended');
});

test('what comes from files is text, and names no element or attribute', () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
  const nodes = sections(brokenStatus(hostile)).flatMap(all);
  expect(nodes.some((node) => textOf(node).includes(hostile))).toBe(true);
  const known = [
    'a',
    'code',
    'dd',
    'details',
    'div',
    'dl',
    'dt',
    'h2',
    'li',
    'p',
    'section',
    'small',
    'span',
    'summary',
    'time',
    'ul',
  ];
  expect(nodes.map(({ tag }) => tag).filter((tag) => !known.includes(tag))).toEqual([]);
  const names = new Set(nodes.flatMap(({ attributes }) => Object.keys(attributes)));
  expect(
    [...names].filter((name) => !['class', 'title', 'datetime', 'aria-live', 'aria-hidden'].includes(name)),
  ).toEqual([]);
});

test('what did not change is the same again, so that it is left as it is', () => {
  const [before, after] = [someStatus(), brokenStatus('x')].map((status) =>
    sections(status).map((each) => JSON.stringify(each)),
  );
  expect(sections(someStatus()).map((each) => JSON.stringify(each))).toEqual(before);
  expect(after?.filter((each) => before?.includes(each))).not.toHaveLength(0);
});

test('many that are fine are folded away, and many that are not after fifty', () => {
  const [file] = someStatus().files;
  const [, bad] = brokenStatus('x').files;
  if (file === undefined || bad === undefined) throw new Error('there are files');
  const files = [...Array.from({ length: 100 }, (_, at) => ({ ...file, path: `f${at}` })), bad];
  const [details] = sections(someStatus({ files }))
    .flatMap(all)
    .filter(({ tag }) => tag === 'details');
  if (details === undefined) throw new Error('nothing is folded');
  expect(textOf(details)).toContain('89 more, all fine');
  expect(textOf(details)).not.toContain('b.yaml');
  const worse = Array.from({ length: 60 }, (_, at) => ({ ...bad, path: `f${at}` }));
  const [more] = sections(someStatus({ files: worse }))
    .flatMap(all)
    .filter(({ tag }) => tag === 'details');
  expect(more && textOf(more)).toMatch(/^10 more(?!, all fine)/);
});

test('times are told by the largest unit that fits', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const told = [0, 59, 60, 3_599, 3_600, 86_399, 86_400 * 40].map((seconds) =>
    since(at, Date.parse(at) + seconds * 1_000),
  );
  expect(told).toEqual(['0 s', '59 s', '1 min', '59 min', '1 h', '23 h', '40 d']);
  expect([4.4, 999, 1_500].map(took)).toEqual(['4 ms', '999 ms', '1.5 s']);
});

test('its files bring nothing from elsewhere, nothing inline, and make no markup from text', () => {
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text, name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
    expect(text.replace('http://www.w3.org/2000/svg', ''), name).not.toMatch(/https?:|url\(|@import/);
    if (name.endsWith('.html')) expect(text).not.toMatch(/<style|<script[^>]*>[^<]|\son\w+=|\sstyle=/);
  }
});
