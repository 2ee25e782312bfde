import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

interface Package {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const root = join(import.meta.dirname, '..');
let packages: [name: string, found: Package][];
let manifest: Manifest;

beforeAll(async () => {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Package>>;
  };
  packages = Object.entries(lock.packages).filter(([name]) => name !== '');
  manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
});

const namesOf = (wanted: (found: Package) => boolean): string[] =>
  packages.flatMap(([name, found]) => (wanted(found) ? [name.replace(/^.*node_modules\//, '')] : []));

test('each package is named by the hash of what it holds, and by no place to get it from', () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(namesOf(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  expect(namesOf(({ resolved }) => resolved !== undefined)).toEqual([]);
});

test('only what needs it may run a script when it is installed', () => {
  expect(namesOf(({ hasInstallScript }) => hasInstallScript === true).toSorted()).toEqual(
    Object.keys(manifest.allowScripts).toSorted(),
  );
});

/** Of what is published within the program: nothing that asks more of whoever uses it than to keep the notice. */
const permissive = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'PSF-2.0',
  '0BSD',
  '(MIT OR CC0-1.0)',
]);
/** Of tools, which stay here. */
const forTools = new Set([...permissive, 'MPL-2.0', 'CC0-1.0', 'MIT OR Apache-2.0']);

test('licences are those that were agreed to', () => {
  expect(namesOf(({ license, dev }) => !(dev === true ? forTools : permissive).has(license ?? ''))).toEqual([]);
});

test('versions are exact, and each package that runs is there for a reason that the README gives', async () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, table = ''] = /\n## What it is made of\n([^]*?)\n## |$/.exec(`${readme}\n## `) ?? [];
  const told = [...table.matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name = '']) => name);
  expect(told.toSorted()).toEqual(Object.keys(dependencies).toSorted());
});
