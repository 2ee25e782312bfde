import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const sourceFolder = join(root, 'src');

/** From left to right: a file imports from layers to the left of its own, and from its own folder. Those of a line know nothing of each other. */
const layers: readonly (readonly string[])[] = [
  ['diagnostics', 'clock.ts', 'log.ts', 'once-per.ts'],
  ['policy'],
  ['ir'],
  // The one makes Caddy's JSON of what the policies mean, the other evaluates it: so neither can be the other's excuse.
  ['caddy', 'explain'],
  ['compile.ts', 'plan', 'behaviour'],
  // What is asked of a serving Caddy, and how; where it listens is all that it is told of it.
  ['admin', 'binary', 'checks', 'files', 'lookup', 'trace'],
  // What was pushed is kept in private files.
  ['history'],
  ['reconcile'],
  ['daemon'],
  ['cli'],
  ['main.ts'],
  // Runs before anything is installed, and so imports nothing.
  ['setup.mjs'],
];

/** The one place from which each outside package is imported. */
const homes: Readonly<Record<string, RegExp>> = {
  bcryptjs: /^cli\/bcrypt\.ts$/,
  chokidar: /^files\//,
  commander: /^cli\//,
  'eventsource-parser': /^cli\/status\/follow\.ts$/,
  got: /^admin\//,
  'js-yaml': /^policy\/(document|plain-value)\.ts$/,
  pino: /^log\.ts$/,
  'prom-client': /^daemon\/status\/metrics\.ts$/,
  // RE2 as Go has it: an operator's pattern never meets Node's own engine.
  re2js: /^explain\/match\/regex\.ts$/,
  ws: /^checks\//,
  // Only where comments must survive: the other one is fast, this one keeps them.
  yaml: /^cli\/yaml\//,
  zod: /^policy\//,
};

const mostLines = 250;
/** Files that may be longer, and why. */
const longFiles: Readonly<Record<string, string>> = {};

interface SourceFile {
  /** Below `src`, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.(ts|mjs|cjs|js)$/.test(path))
  .toSorted()
  .map((path) => {
    const text = readFileSync(join(sourceFolder, path), 'utf8');
    return { path, text, imports: importsOf(text) };
  });

function importsOf(text: string): string[] {
  const patterns = [
    /^(?:import|export)\b[^;'"]*?\bfrom '([^'\n]+)'/gm,
    /^import '([^'\n]+)'/gm,
    /\bimport\(\s*'([^'\n]+)'\s*,?\s*\)/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name ?? ''));
}

/** A relative import's path below `src`; undefined for a package. */
function target(from: SourceFile, name: string): string | undefined {
  return name.startsWith('.') ? posix.join(dirname(from.path), name) : undefined;
}

function rank(path: string): number {
  return layers.findIndex((layer) => layer.includes(path.split('/', 1)[0] ?? ''));
}

test('the test sees the files and what they import', () => {
  const main = files.find(({ path }) => path === 'main.ts');
  expect(main?.imports.length).toBeGreaterThan(0);
  expect(files.length).toBeGreaterThan(100);
  const known = new Set(files.map(({ path }) => path));
  const lost = files.flatMap((file) =>
    file.imports.flatMap((name) => target(file, name) ?? []).filter((to) => !known.has(to)),
  );
  // The version is the package's own.
  expect(new Set(lost)).toEqual(new Set(['../package.json']));
});

test('each folder is a layer', () => {
  expect(files.filter(({ path }) => rank(path) === -1).map(({ path }) => path)).toEqual([]);
});

test('imports go to the left', () => {
  const wrong = files.flatMap((file) =>
    file.imports.flatMap((name) => {
      const to = target(file, name);
      if (to === undefined || to.startsWith('../')) return [];
      const isOwnFolder = to.split('/', 1)[0] === file.path.split('/', 1)[0] && to.includes('/');
      return isOwnFolder || rank(to) < rank(file.path) ? [] : [`${file.path} imports ${to}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('imports have no circles', () => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, open: readonly string[]): void => {
    if (open.includes(path)) circles.push([...open.slice(open.indexOf(path)), path].join(' → '));
    if (open.includes(path) || done.has(path)) return;
    const file = byPath.get(path);
    for (const name of file?.imports ?? []) {
      const to = file && target(file, name);
      if (to !== undefined) visit(to, [...open, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  expect(circles).toEqual([]);
});

describe('outside packages', () => {
  const used = files.flatMap((file) =>
    file.imports
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .map((name) => ({ name: name.split('/', name.startsWith('@') ? 2 : 1).join('/'), path: file.path })),
  );

  test('each is imported from its one place', () => {
    expect(used.filter(({ name, path }) => !homes[name]?.test(path))).toEqual([]);
  });

  test('those of package.json are those that are imported', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
    const names = new Set(used.map(({ name }) => name));
    expect([...names].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
    expect(Object.keys(homes).filter((name) => !names.has(name))).toEqual([]);
  });
});

test('no file is long without a reason', () => {
  const lines = (text: string) => text.trimEnd().split('\n').length;
  const long = files.filter(({ text }) => lines(text) > mostLines).map(({ path }) => path);
  expect(long).toEqual(Object.keys(longFiles));
});

test('a name is imported from where it is made: there are no barrels', () => {
  expect(
    files.filter(({ text }) => /^export (\*|\{[^}]*\}|type \{[^}]*\}) from/m.test(text)).map(({ path }) => path),
  ).toEqual([]);
  expect(files.filter(({ path }) => /(^|\/)index\.\w+$/.test(path)).map(({ path }) => path)).toEqual([]);
});

test('no file is a drawer for everything', () => {
  const drawers = /(^|\/)(utils?|helpers?|types|common|misc)(\.|\/)|manager/i;
  expect(files.filter(({ path }) => drawers.test(path)).map(({ path }) => path)).toEqual([]);
});

test('a file that a layer names is there', () => {
  const written = layers.flat().filter((name) => !existsSync(join(sourceFolder, name)));
  expect(written.filter((name) => name !== 'clock.ts')).toEqual([]);
});
