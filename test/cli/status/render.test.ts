import { expect, test } from 'vitest';
import { renderStatus, statusLine } from '../../../src/cli/status/render.ts';
import { statusDocument } from '../../../src/daemon/status/document.ts';
import { initialStatus } from '../../../src/daemon/status/state.ts';
import { brokenStatus, someStatus } from '../../daemon/status/some-status.ts';

const now = Date.parse('2026-11-21T04:03:00.000Z');
const rendered = (status = someStatus(), all = false): string =>
  renderStatus(statusDocument(status, '1.2.3', true), { color: false, all, now });

test('where all is fine a few lines are enough', () => {
  expect(rendered()).toBe(`● serving, 2 sites from 2 files, owner default

  revision   aaaa, applied 3 min ago
  Caddy      localhost:2019, answers for 3 min, 2.11.3 or newer
  drift      none
  last pass  applied 3 min ago, took 12 ms
  daemon     1.2.3, runs for 3 min
`);
});

test('what is not fine is told with its place and hint, the rest on demand', () => {
  expect(rendered(brokenStatus('a mistake'))).toBe(`● degraded, 2 sites from 2 files, owner default
  a mistake
    hint: a mistake
  an older text is served of b.yaml

  revision   aaaa, applied 3 min ago
  Caddy      localhost:2019, answers for 3 min, 2.11.3 or newer
  drift      none
  last pass  applied 3 min ago, took 12 ms
  daemon     1.2.3, runs for 3 min

Found in the files
  b.yaml:7:3 error[unknown-key] a mistake
    hint: a mistake

FILE                 ACCEPTED  PROGRAMMED  VERIFIED  FOR    WHY
b.yaml (older text)  False     False       Unknown   3 min  b.yaml:7:3: a mistake
`);
  const all = rendered(brokenStatus('a mistake'), true);
  expect(all).toMatch(/^a\.yaml +True +True +Unknown +3 min$/m);
  expect(all).toMatch(/^a\.example\.com +True/m);
});

test('a daemon that has just begun', () => {
  const text = rendered(initialStatus('default', 'localhost:2019', new Date(now)));
  expect(text).toContain('● not serving, 0 sites from 0 files');
  expect(text).toContain('localhost:2019, not asked yet');
});

test('where nothing is fine, a few stand for all', () => {
  const [, bad] = brokenStatus('x').files;
  if (bad === undefined) throw new Error('there are files');
  const status = someStatus({ files: Array.from({ length: 100 }, (_, at) => ({ ...bad, path: `f${at}` })) });
  expect(rendered(status)).toMatch(/^f19 .*\n… and 80 more, which --all shows\n$/m);
  expect(rendered(status, true)).toMatch(/^f99 /m);
});

test('nothing that a file holds drives the terminal', () => {
  const hostile = 'x\u001B[2Jy\r\nz\u202Ew';
  const text = rendered(brokenStatus(hostile), true);
  expect(text).toContain('\u241B');
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202E/u);
  const line = statusLine(statusDocument(brokenStatus(hostile), '1.2.3', true));
  expect(line).toMatch(/^degraded, revision aaaa, last pass applied, /);
  expect(line).not.toMatch(/[\p{Cc}\u202E]/u);
});
