import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { openInside } from '../../src/files/open-inside.ts';
import { readSources } from '../../src/files/read.ts';
import { rootAt } from '../../src/files/roots.ts';

let scene: string;

beforeEach(() => {
  scene = mkdtempSync(join(tmpdir(), 'caddyctl-inside-'));
  mkdirSync(join(scene, 'policies'));
  mkdirSync(join(scene, 'outside'));
  writeFileSync(join(scene, 'policies/a.yaml'), 'sites: {}\n');
  writeFileSync(join(scene, 'outside/secret.yaml'), 'root:canary:19000\n');
});

afterEach(() => {
  rmSync(scene, { recursive: true, force: true });
});

function link(target: string, path: string): void {
  symlinkSync(target, join(scene, path));
}

/** Texts by name, problems by code and name, and that nothing of the secret is in any of it. */
async function read(...roots: readonly string[]): Promise<string[]> {
  const paths = roots.map((root) => join(scene, root));
  const { sources, diagnostics } = await readSources(paths, { stdin: Readable.from([]) });
  expect(sources.map(({ text }) => text).join('') + renderDiagnostics(diagnostics)).not.toContain('canary');
  const name = (path: string | undefined): string => (path ?? '').replace(`${scene}/`, '');
  return [
    ...sources.map(({ path }) => name(path)),
    ...diagnostics.map(({ code, place }) => `${code} ${name(place?.file.path)}`),
  ];
}

test.each(['../outside/secret.yaml', '../outside/../outside/secret.yaml', 'chain', '/proc/self/environ'])(
  'a link that leads out is an error that tells nothing of its target: %s',
  async (target) => {
    link('../outside/secret.yaml', 'policies/chain');
    link(target, 'policies/b.yaml');
    expect(await read('policies')).toEqual(['policies/a.yaml', 'link-outside policies/b.yaml']);
  },
);

test('the error names the link, and what to do', async () => {
  link(join(scene, 'outside/secret.yaml'), 'policies/b.yaml');
  const { diagnostics } = await readSources([join(scene, 'policies')], { stdin: Readable.from([]) });
  expect(diagnostics.map(({ severity }) => severity)).toEqual(['error']);
  expect(renderDiagnostics(diagnostics).replaceAll(scene, '')).toBe(
    'error[link-outside] this symbolic link leads out of the folders that are read\n --> /policies/b.yaml\n' +
      '  hint: name what it leads to on the command line as well, or put a copy here\n\n1 error in 1 file\n',
  );
});

test('a folder behind a link that leads out, and one whose name only begins as the root does', async () => {
  mkdirSync(join(scene, 'policies-of-others'));
  writeFileSync(join(scene, 'policies-of-others/b.yaml'), 'canary\n');
  link('../outside', 'policies/b');
  link('../policies-of-others', 'policies/c');
  link('/', 'policies/d');
  expect(await read('policies')).toEqual([
    'policies/a.yaml',
    'link-outside policies/b',
    'link-outside policies/c',
    'link-outside policies/d',
  ]);
});

test('a link that is no policy by its name is no business of ours', async () => {
  link('../outside/secret.yaml', 'policies/README.md');
  link('../outside', 'policies/.hidden');
  expect(await read('policies')).toEqual(['policies/a.yaml']);
});

test('what the operator names may be a link, and what else he names may be linked to', async () => {
  writeFileSync(join(scene, 'outside/secret.yaml'), 'sites: {}\n');
  link('policies', 'current');
  link('../outside', 'policies/b');
  link('../outside/secret.yaml', 'policies/c.yaml');
  link('outside/secret.yaml', 'named.yaml');
  expect(await read('current', 'outside')).toEqual(['current/a.yaml', 'outside/secret.yaml']);
  expect(await read('named.yaml')).toEqual(['named.yaml']);
  // A file that is named is that file, and not its neighbours.
  expect(await read('policies', 'outside/secret.yaml')).toEqual([
    'outside/secret.yaml',
    'policies/a.yaml',
    'link-outside policies/b',
  ]);
});

test('links into hidden folders of the root, as those of Kubernetes, are read', async () => {
  mkdirSync(join(scene, 'policies/..2026'));
  writeFileSync(join(scene, 'policies/..2026/b.yaml'), 'sites: {}\n');
  link('..2026', 'policies/..data');
  link('..data/b.yaml', 'policies/b.yaml');
  expect(await read('policies')).toEqual(['policies/a.yaml', 'policies/b.yaml']);
});

test('`..data` itself may not lead out', async () => {
  link('../outside', 'policies/..data');
  link('..data/secret.yaml', 'policies/b.yaml');
  expect(await read('policies')).toEqual(['policies/a.yaml', 'link-outside policies/b.yaml']);
});

test('a FIFO and a device behind links inside do not block', async () => {
  execFileSync('mkfifo', [join(scene, 'policies/pipe')]);
  link('pipe', 'policies/b.yaml');
  link('/dev/zero', 'policies/c.yaml');
  expect(await read('policies')).toEqual([
    'policies/a.yaml',
    'link-outside policies/c.yaml',
    'file-not-regular policies/b.yaml',
  ]);
});

test('a text is told of by where it really lies, for that tells whose it is', async () => {
  mkdirSync(join(scene, 'policies/team-b'));
  writeFileSync(join(scene, 'policies/team-b/.hidden'), 'sites: {}\n');
  link('team-b/.hidden', 'policies/b.yaml');
  const { sources } = await readSources([join(scene, 'policies')], { stdin: Readable.from([]) });
  expect(sources.map(({ real }) => real?.slice(scene.length))).toEqual([
    '/policies/a.yaml',
    '/policies/team-b/.hidden',
  ]);
});

test('what became a link after it was found is not opened', async () => {
  const roots = [await rootAt(join(scene, 'policies'))];
  const path = join(scene, 'policies/sub/secret.yaml');
  mkdirSync(join(scene, 'policies/sub'));
  writeFileSync(path, 'inside\n');
  const opened = await openInside(path, roots);
  expect(await opened?.handle.readFile('utf8')).toBe('inside\n');
  await opened?.handle.close();
  renameSync(join(scene, 'policies/sub'), join(scene, 'policies/old'));
  link('../outside', 'policies/sub');
  expect(await openInside(path, roots)).toBeUndefined();
});

test.skipIf(process.platform !== 'linux')(
  'a link that is swapped all the time never shows what lies outside',
  async () => {
    mkdirSync(join(scene, 'policies/sub'));
    writeFileSync(join(scene, 'policies/sub/secret.yaml'), 'sites: {}\n');
    const roots = [await rootAt(join(scene, 'policies'))];
    const swapper = fork(new URL('swapper.ts', import.meta.url), [join(scene, 'policies/sub'), join(scene, 'outside')]);
    const seen = new Set<string>();
    try {
      await once(swapper, 'message');
      for (let round = 0; round < 5_000; round++) {
        const { handle } =
          (await openInside(join(scene, 'policies/sub/secret.yaml'), roots).catch(() => undefined)) ?? {};
        seen.add(handle === undefined ? 'refused' : await handle.readFile('utf8'));
        await handle?.close();
      }
    } finally {
      swapper.kill('SIGKILL');
      await once(swapper, 'exit');
    }
    expect([...seen].sort()).toEqual(['refused', 'sites: {}\n']);
  },
);
