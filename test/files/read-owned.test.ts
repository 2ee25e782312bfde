import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnedSources, readOwnedSources } from '../../src/files/read-owned.ts';
import { ownerOf } from '../../src/ir/owners/owners.ts';

let folder: string;
const noInput: AsyncIterable<string> = {
  async *[Symbol.asyncIterator]() {
    yield* [];
  },
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-owners-'));
  for (const name of ['web', 'ops']) mkdirSync(join(folder, name));
  write('owners.yaml', 'owners: { web: { folder: web }, ops: { folder: ops } }');
  write('web/a.yaml', 'sites: {}');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

const read = (ownersFile = join(folder, 'owners.yaml')): Promise<OwnedSources> =>
  readOwnedSources([folder], { stdin: noInput, ownersFile, env: {} });

/** Each file of a reading, and whose it is. */
function whose({ owners, sources }: OwnedSources): string[] {
  if (owners === undefined || owners === 'unknown') throw new Error('no owners');
  return sources.map((file) => `${file.path.slice(folder.length + 1)} ${ownerOf(owners, file)?.name}`);
}

test('the file of the operator is no policy, wherever it lies and by whatever link it is found', async () => {
  symlinkSync('../owners.yaml', join(folder, 'web/z.yaml'));
  expect(whose(await read())).toEqual(['web/a.yaml web']);
});

test("a link to another's file leaves it that one's", async () => {
  write('ops/b.yaml', 'sites: {}');
  symlinkSync('../web/a.yaml', join(folder, 'ops/link.yaml'));
  symlinkSync('../web', join(folder, 'ops/folder'));
  const owned = whose(await read());
  expect(owned.filter((each) => each.endsWith('ops'))).toEqual(['ops/b.yaml ops']);
  expect(owned.filter((each) => each.endsWith('web'))).toHaveLength(1);
});

test('folders that links lead to are the same folders', async () => {
  symlinkSync(folder, `${folder}-link`);
  try {
    const { sources, owners } = await readOwnedSources([`${folder}-link/web`], {
      stdin: noInput,
      ownersFile: join(folder, 'owners.yaml'),
      env: {},
    });
    expect(owners).toBeTypeOf('object');
    expect(sources.map((file) => typeof owners === 'object' && ownerOf(owners, file)?.name)).toEqual(['web']);
  } finally {
    rmSync(`${folder}-link`);
  }
});

test.each([
  ["another's", '../web'],
  ['one around', '..'],
])('a folder within that of another, made a link to %s, takes nothing from anybody', async (_, to) => {
  write('owners.yaml', 'owners: { inner: { folder: ops/inner }, web: { folder: web }, ops: { folder: ops } }');
  symlinkSync(to, join(folder, 'ops/inner'));
  write('ops/b.yaml', 'sites: {}');
  const { owners, sources } = await read();
  if (typeof owners !== 'object') throw new Error('no owners');
  const found = sources.map(
    (file) => `${relative(realpathSync(folder), file.real ?? '')} ${ownerOf(owners, file)?.name}`,
  );
  expect(new Set(found)).toEqual(new Set(['web/a.yaml web', 'ops/b.yaml ops']));
});

test('nobody can take from another that its folder is a link of the operator', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'caddyctl-elsewhere-'));
  try {
    write('owners.yaml', 'owners: { inner: { folder: ops/inner }, ops: { folder: ops }, far: { folder: far } }');
    symlinkSync(elsewhere, join(folder, 'far'));
    writeFileSync(join(elsewhere, 'a.yaml'), 'sites: {}');
    for (const to of [elsewhere, tmpdir(), '/']) {
      rmSync(join(folder, 'ops/inner'), { force: true });
      symlinkSync(to, join(folder, 'ops/inner'));
      const { owners } = await read();
      const of = (path: string) => typeof owners === 'object' && ownerOf(owners, { path, real: path })?.name;
      expect(of(join(realpathSync(elsewhere), 'a.yaml'))).toBe('far');
    }
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test.each([
  ['is gone', () => rmSync(join(folder, 'owners.yaml')), 'file-missing'],
  ['is empty', () => write('owners.yaml', ''), 'missing-key'],
  ['names nobody', () => write('owners.yaml', '{}'), 'missing-key'],
  ['has a mistake', () => write('owners.yaml', 'owners: { web: {} }'), 'missing-key'],
  ['is no YAML', () => write('owners.yaml', 'owners: ['), 'syntax'],
])('a file that %s is never as if there were none', async (_, act, code) => {
  act();
  const { owners, diagnostics } = await read();
  expect(owners).toBe('unknown');
  expect(diagnostics).toContainEqual(expect.objectContaining({ code, severity: 'error' }));
});

test('a folder is no such file', async () => {
  const { owners, diagnostics } = await read(join(folder, 'web'));
  expect(owners).toBe('unknown');
  expect(diagnostics).toMatchObject([{ code: 'file-not-regular', severity: 'error' }]);
});
