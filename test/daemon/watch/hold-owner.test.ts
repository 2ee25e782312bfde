import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/compile.ts';
import { compileByOwner, type Holding } from '../../../src/daemon/watch/hold-owner.ts';
import { type LastServed, nothingServed, servedAsRead, servedFrom } from '../../../src/daemon/watch/last-served.ts';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import { fileProblem } from '../../../src/files/problem.ts';
import { inputsOf } from '../../../src/history/inputs.ts';
import { goldenTarget } from '../../support/golden.ts';
import { owned } from '../../support/owners.ts';

type Texts = Readonly<Record<string, string>>;

const rules = `owners:
  evil: { folder: evil, hosts: evil.test }
  web: { folder: web, hosts: web.test }
`;
const owners = owned(rules);

const filesOf = (texts: Texts) => Object.entries(texts).map(([path, text]) => ({ path, text }));
const site = (host: string, body: string): string => `sites: { ${host}: { respond: ${body} } }\n`;
const wrong = 'sites: [\n';

function holding(now: Texts, last: LastServed, how: Holding = 'hold-file', problems: readonly Diagnostic[] = []) {
  const read = { sources: filesOf(now), diagnostics: problems, owners };
  return compileByOwner(read, last, how, goldenTarget, compile);
}

/** What is compiled of each file. */
function served(found: ReturnType<typeof holding>): Texts {
  if (found.config === undefined) throw new Error(JSON.stringify(found.diagnostics.map(({ message }) => message)));
  return Object.fromEntries(found.sources.map(({ path, text }) => [path, text]));
}

const before = {
  'evil/a.yaml': site('evil.test', 'one'),
  'evil/b.yaml': site('b.evil.test', 'one'),
  'web/a.yaml': site('web.test', 'one'),
};
const last = servedFrom(filesOf(before));
const news = { 'web/a.yaml': site('web.test', 'two'), 'evil/b.yaml': site('b.evil.test', 'two') };

describe.each([
  ['what is no policy', wrong],
  ["another's host", site('web.test', 'mine')],
  ['an upstream that is none of its own', 'sites: { evil.test: localhost:9000 }'],
])('%s in the file of one owner', (_, bad) => {
  const now = { ...before, ...news, 'evil/a.yaml': bad };

  test('hold-file: keeps that file as it was', () => {
    const found = holding(now, last);
    expect(served(found)).toEqual({ ...before, ...news });
    expect([...found.held.keys()]).toEqual(['evil/a.yaml']);
  });

  test("refuse: keeps all of that owner's as it was, and the others go on", () => {
    const found = holding(now, last, 'refuse');
    expect(served(found)).toEqual({ ...before, 'web/a.yaml': news['web/a.yaml'] });
    expect([...found.held.keys()]).toEqual(['evil/a.yaml', 'evil/b.yaml']);
  });

  test('where it was never served it is left out, and what it may have come from stays', () => {
    const { 'evil/a.yaml': _gone, ...rest } = { ...before, ...news };
    expect(served(holding({ ...rest, 'evil/c.yaml': bad }, last))).toEqual({
      ...before,
      'web/a.yaml': news['web/a.yaml'],
    });
    expect(served(holding({ 'web/a.yaml': site('web.test', 'one'), 'evil/a.yaml': bad }, nothingServed))).toEqual({
      'web/a.yaml': site('web.test', 'one'),
    });
  });
});

test('a folder that cannot be read holds all of its owner', () => {
  const problems = [fileProblem('file-unreadable', 'evil/sub', 'no')];
  const found = holding({ 'web/a.yaml': news['web/a.yaml'] }, last, 'hold-file', problems);
  expect(served(found)).toEqual({ ...before, 'web/a.yaml': news['web/a.yaml'] });
});

test("what cannot be read and is nobody's refuses the whole set", () => {
  const problems = [fileProblem('file-unreadable', 'elsewhere', 'no')];
  expect(holding({ ...before, ...news }, last, 'hold-file', problems).config).toBeUndefined();
});

test("both owners have mistakes: both are held, and neither for the other's", () => {
  const found = holding({ ...before, 'evil/a.yaml': wrong, 'web/a.yaml': site('web.test', '[]') }, last, 'refuse');
  expect(served(found)).toEqual(before);
  expect(found.held.get('web/a.yaml')).toMatchObject([{ place: { file: { path: 'web/a.yaml' } } }]);
});

test('a mistake that shows in a file that is as it was holds whoever changed what it uses', () => {
  const shared = owned(`owners:
  ops: { folder: ops, hosts: ops.test }
  web: { folder: web, hosts: web.test, use: ops/login }
`);
  const good = {
    'ops/a.yaml': 'presets: { login: { hide_server: true } }',
    'web/a.yaml': 'sites: { web.test: { use: login, respond: one } }',
  };
  const sources = filesOf({ ...good, 'ops/a.yaml': 'presets: { renamed: { hide_server: true } }' });
  const read = { sources, diagnostics: [], owners: shared };
  const found = compileByOwner(read, servedFrom(filesOf(good)), 'hold-file', goldenTarget, compile);
  expect(served(found)).toEqual(good);
  expect([...found.held.keys()]).toEqual(['ops/a.yaml']);
});

describe('a clash of two owners', () => {
  const both = owned(`owners:
  evil: { folder: evil, hosts: evil.test, may: shared, use: web/gate }
  web: { folder: web, hosts: web.test, may: shared, upstreams: app }
`);
  const trusting = (host: string, range: string, body = 'one'): string =>
    `sites: { ${host}: { trusted_proxies: ${range}, respond: ${body} } }\n`;
  const good = { 'evil/a.yaml': trusting('evil.test', '10.0.0.0/8'), 'web/a.yaml': trusting('web.test', '10.0.0.0/8') };
  const clashing = { 'evil/a.yaml': trusting('evil.test', '0.0.0.0/0') };
  const given = (now: Texts, from: LastServed, using = compile) =>
    compileByOwner({ sources: filesOf(now), diagnostics: [], owners: both }, from, 'hold-file', goldenTarget, using);

  test('who comes later waits, and nobody waits for one who waits', () => {
    const first = given({ ...good, ...clashing }, servedFrom(filesOf(good)));
    expect(served(first)).toEqual(good);
    const edited = { 'web/a.yaml': trusting('web.test', '10.0.0.0/8', 'two') };
    const second = given({ ...good, ...clashing, ...edited }, servedFrom(first.sources));
    expect(served(second)).toEqual({ ...good, ...edited });
    expect([...second.held.keys()]).toEqual(['evil/a.yaml']);
  });

  test('of what both changed at once, the one that is written first goes, and the other is told', () => {
    const now = {
      'evil/a.yaml': trusting('evil.test', '10.0.0.0/8', 'two'),
      'web/a.yaml': trusting('web.test', '::/0'),
    };
    const found = given(now, nothingServed);
    expect(served(found)).toEqual({ 'evil/a.yaml': now['evil/a.yaml'] });
    expect([...found.held.keys()]).toEqual(['web/a.yaml']);
  });

  test('what one needs of another that comes with the same change is there, whatever a third has', () => {
    const now = {
      'evil/a.yaml': 'sites: { evil.test: { use: gate, respond: two } }',
      'web/b.yaml': 'presets: { gate: { hide_server: true } }',
      'web/a.yaml': wrong,
    };
    const from = servedFrom(
      filesOf({ 'evil/a.yaml': site('evil.test', 'one'), 'web/a.yaml': site('web.test', 'one') }),
    );
    expect(served(given(now, from))).toEqual({ ...now, 'web/a.yaml': site('web.test', 'one') });
  });

  test('files that each show only when another is held cost a few compiles, and then the owner stays as it was', () => {
    const chain = (version: number): Texts =>
      Object.fromEntries(
        Array.from({ length: 40 }, (_, n) => [
          `web/${n}.yaml`,
          `services: { s${n}v${version}: { at: "app:80" } }\nsites: { w${n}.web.test: ${n === 0 ? 'missing' : `s${n - 1}v${version}`} }\n`,
        ]),
      );
    const before = { ...chain(1), 'web/0.yaml': 'services: { s0v1: { at: "app:80" } }\n' };
    let compiles = 0;
    const found = given({ ...good, ...chain(2) }, servedFrom(filesOf({ ...good, ...before })), (...input) => {
      compiles++;
      return compile(...input);
    });
    expect(served(found)).toEqual({ ...good, ...before });
    expect(compiles).toBeLessThan(12);
  });
});

test('what stands of an owner stays, whatever the rest of it does beside what another brings', () => {
  const two = owned('owners: { a: { folder: a, hosts: a.test }, b: { folder: b, hosts: b.test } }\n');
  const texts = (version: string) => ({
    'a/1.yaml': `${version}1`,
    'a/2.yaml': `${version}2`,
    'b/1.yaml': `${version}3`,
  });
  // The second file of the one goes with nothing: at first it shows in itself, then in what the other has changed.
  const stub: typeof compile = (sources) => {
    const has = (text: string) => sources.find((file) => file.text === text);
    const bad = has('new2') && (has('new3') ?? has('new2'));
    if (bad === undefined) return { diagnostics: [], config: { apps: {} } };
    const place = { file: bad, range: { start: 0, end: 0 } };
    return { diagnostics: [{ code: 'x', severity: 'error', message: 'x', hint: undefined, place }] };
  };
  const read = { sources: filesOf(texts('new')), diagnostics: [], owners: two };
  const found = compileByOwner(read, servedFrom(filesOf(texts('old'))), 'hold-file', goldenTarget, stub);
  expect(served(found)).toEqual({ 'a/1.yaml': 'new1', 'a/2.yaml': 'old2', 'b/1.yaml': 'new3' });
  expect([...found.held.keys()]).toEqual(['a/2.yaml']);
});

describe('after a start', () => {
  const inputs = inputsOf([...filesOf(before), owners.file], owners.file);
  const asRead = (now: Texts) => servedAsRead(filesOf(now), inputs, owners.file);

  test('files that are as they were are known', () => {
    const now = { ...before, 'web/a.yaml': site('web.test', 'two'), 'evil/c.yaml': wrong };
    expect(served(holding(now, asRead(now)))).toEqual({ ...before, 'web/a.yaml': site('web.test', 'two') });
  });

  test('one whose text nobody knows any more is not taken down: the whole set is refused', () => {
    const now = { ...before, 'web/a.yaml': site('web.test', 'two'), 'evil/a.yaml': wrong };
    expect(holding(now, asRead(now)).config).toBeUndefined();
  });
});

test('rules that forbid what is served refuse the whole set, and take nothing down', () => {
  const narrow = owned(rules.replace('evil.test', 'other.test'));
  const read = { sources: filesOf({ ...before, ...news }), diagnostics: [], owners: narrow };
  const found = compileByOwner(read, last, 'hold-file', goldenTarget, compile);
  expect(found.config).toBeUndefined();
  expect(found.diagnostics).toContainEqual(expect.objectContaining({ code: 'owner-host' }));
});
