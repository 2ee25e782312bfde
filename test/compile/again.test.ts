import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical, type JsonValue } from '../../src/caddy/json.ts';
import { compile, type Compiled, createCompile } from '../../src/compile.ts';
import { placesAsJson } from '../../src/diagnostics/as-json.ts';
import type { SourceFile } from '../../src/diagnostics/position.ts';
import { placeOf } from '../../src/ir/origin.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import { goldenTarget } from '../support/golden.ts';

/** Everything that comes of a set, as plain data. */
function told({ config, revision, origins, diagnostics }: Compiled): unknown {
  return {
    text: config && canonical(config as unknown as JsonValue),
    revision,
    origins: origins && [...origins].map(([id, origin]) => [id, placesAsJson([placeOf(origin)])]),
    diagnostics,
  };
}

/** A set with whatever an edit may leave behind: nothing at all, half a file, a variable, a name that nobody has. */
const texts = fc.oneof(
  { weight: 6, arbitrary: policySet.map((set) => JSON.stringify(set, null, 1)) },
  fc.tuple(policySet, fc.nat(400)).map(([set, cut]) => JSON.stringify(set, null, 1).slice(0, -cut)),
  fc.constantFrom(
    '',
    'sites: { "${HOST}": 127.0.0.1:8000 }',
    'sites: { "${HOST:-b.example.org}": { respond: "${BODY}" } }',
    'sites: { c.example.org: { to: nobody, use: [nothing] } }',
    'presets: { mine: { hide_server: true, use: mine } }',
  ),
);

const paths = fc.constantFrom('a.yaml', 'b.yaml', 'c.yaml');
const environment = fc.record({
  HOST: fc.constantFrom('x.example.org', 'y.example.org', undefined),
  BODY: fc.constantFrom('one', 'two', undefined),
});

const edits = fc.array(
  fc.oneof(
    fc.record({ path: paths, text: texts }),
    fc.record({ path: paths, text: fc.constant(undefined) }),
    fc.record({ env: environment }),
    fc.record({ from: paths, to: paths }),
  ),
  { minLength: 1, maxLength: 6 },
);

test('what a set comes to never depends on what was compiled before', () => {
  fc.assert(
    fc.property(edits, (steps) => {
      const compileAgain = createCompile();
      const files = new Map<string, string>();
      let env: Readonly<Record<string, string | undefined>> = {};
      for (const step of steps) {
        if ('env' in step) env = step.env;
        else if ('from' in step) files.set(step.to, files.get(step.from) ?? '');
        else if (step.text === undefined) files.delete(step.path);
        else files.set(step.path, step.text);
        const sources = (): SourceFile[] => Array.from(files, ([path, text]) => ({ path, text }));
        const target = { ...goldenTarget, env };
        expect(told(compileAgain(sources(), target))).toEqual(told(compile(sources(), target)));
      }
    }),
    { numRuns: 60 },
  );
});

test('a file that is as it was is not read again, and one that is changed is', () => {
  const compileAgain = createCompile();
  const file = (path: string, host: string): SourceFile => ({
    path,
    text: `sites: { ${host}.example.org: 127.0.0.1:1 }`,
  });
  const rootsOf = (...sources: SourceFile[]): unknown[] =>
    compileAgain(sources, goldenTarget).model?.sites.map(({ origin }) => origin.root) ?? [];
  const [first, second] = rootsOf(file('a.yaml', 'a'), file('b.yaml', 'b'));
  const [firstAgain, changed] = rootsOf(file('a.yaml', 'a'), file('b.yaml', 'c'));
  expect(firstAgain).toBe(first);
  expect(changed).not.toBe(second);
  // Only the set before is remembered.
  rootsOf(file('b.yaml', 'c'));
  expect(rootsOf(file('a.yaml', 'a'))[0]).not.toBe(first);
});

test('a file is read again when a variable that it names has changed, and only then', () => {
  const compileAgain = createCompile();
  const sources = [{ path: 'a.yaml', text: 'sites: { a.example.org: { respond: "${BODY:-none}" } }' }];
  const rootFor = (env: Readonly<Record<string, string>>): unknown =>
    compileAgain(sources, { ...goldenTarget, env }).model?.sites[0]?.origin.root;
  const first = rootFor({ BODY: 'one' });
  expect(rootFor({ BODY: 'one', OTHER: 'two' })).toBe(first);
  expect(rootFor({ BODY: 'two' })).not.toBe(first);
});

test('a site is the very object that it was until something that it takes from is another', () => {
  const compileAgain = createCompile();
  const preset = (value: string): SourceFile => ({
    path: 'presets.yaml',
    text: `presets: { mine: { headers: { X-Mine: ${value} } } }`,
  });
  const one: SourceFile = { path: 'one.yaml', text: 'sites: { one.example.org: { respond: one, use: mine } }' };
  const two = (body: string): SourceFile => ({
    path: 'two.yaml',
    text: `sites: { two.example.org: { respond: ${body} } }`,
  });
  const sitesOf = (...sources: SourceFile[]) => compileAgain(sources, goldenTarget).model?.sites ?? [];
  const before = sitesOf(preset('a'), one, two('two'));
  const edited = sitesOf(preset('a'), one, two('changed'));
  expect(edited[0]).toBe(before[0]);
  expect(edited[1]).not.toBe(before[1]);
  const shared = sitesOf(preset('b'), one, two('changed'));
  expect(shared[0]).not.toBe(before[0]);
  expect(shared[0]?.modifiers.headers.get('X-Mine')?.value).toEqual({ kind: 'set', value: 'b' });
  const more = sitesOf(preset('b'), one, two('changed'), {
    path: 'more.yaml',
    text: 'sites: { one.example.org: { headers: { X-More: "1" } } }',
  });
  expect(more[0]?.modifiers.headers.has('X-More')).toBe(true);
});

test('a mistake that several sites share is told again when the first of them is gone', () => {
  const compileAgain = createCompile();
  const presets: SourceFile = { path: 'presets.yaml', text: 'presets: { a: { use: b }, b: { use: a } }' };
  const site = (name: string): SourceFile => ({
    path: `${name}.yaml`,
    text: `sites: { ${name}.example.org: { respond: x, use: a } }`,
  });
  const codes = (...sources: SourceFile[]) => compileAgain(sources, goldenTarget).diagnostics.map(({ code }) => code);
  expect(codes(presets, site('a'), site('b'))).toContain('preset-cycle');
  expect(codes(presets, site('b'))).toContain('preset-cycle');
});
