import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-fmt-'));
  mkdirSync(join(folder, 'policies'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const messy = 'sites:\n    a.example.com:   localhost:9000 # why\n';
const neat = 'sites:\n  a.example.com: localhost:9000 # why\n';

function write(name: string, text: string): string {
  const path = join(folder, 'policies', name);
  writeFileSync(path, text);
  return path;
}

describe('caddyctl fmt', () => {
  test('writes what changes, prints its name, keeps mode and links, leaves nothing behind', async () => {
    mkdirSync(join(folder, 'policies/.real'));
    const real = join(folder, 'policies/.real/a.yaml');
    writeFileSync(real, messy);
    chmodSync(real, 0o640);
    symlinkSync('.real/a.yaml', join(folder, 'policies/linked.yaml'));
    const kept = write('kept.yaml', neat);
    const before = statSync(kept).mtimeMs;
    const result = await runCli(['fmt'], { cwd: folder });
    expect(result).toEqual({ code: 0, signal: null, stdout: 'policies/linked.yaml\n', stderr: '' });
    expect(readFileSync(real, 'utf8')).toBe(neat);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(lstatSync(join(folder, 'policies/linked.yaml')).isSymbolicLink()).toBe(true);
    expect(statSync(kept).mtimeMs).toBe(before);
    expect(readdirSync(join(folder, 'policies')).sort()).toEqual(['.real', 'kept.yaml', 'linked.yaml']);
    expect(readdirSync(join(folder, 'policies/.real'))).toEqual(['a.yaml']);
    expect(await runCli(['fmt'], { cwd: folder })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('--check writes nothing and ends with 2', async () => {
    const path = write('a.yaml', messy);
    write('b.yaml', neat);
    expect(await runCli(['fmt', '--check', path], {})).toMatchObject({ code: 2, stdout: `${path}\n`, stderr: '' });
    expect(await runCli(['fmt', '--check', join(folder, 'policies/b.yaml')])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(path, 'utf8')).toBe(messy);
  });

  test('--diff shows the change and writes nothing', async () => {
    const path = write('a.yaml', messy);
    const result = await runCli(['fmt', '--diff', 'policies/a.yaml'], { cwd: folder });
    expect(result).toMatchObject({
      code: 0,
      stdout:
        '--- policies/a.yaml\n+++ policies/a.yaml\n@@ -1,2 +1,2 @@\n sites:\n-    a.example.com:   localhost:9000 # why\n+  a.example.com: localhost:9000 # why\n',
    });
    expect(readFileSync(path, 'utf8')).toBe(messy);
    expect((await runCli(['fmt', '--diff', '--check', path])).code).toBe(2);
  });

  test('the shipped policies are in their usual form', async () => {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    expect(await runCli(['fmt', '--check'], { cwd })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('-o json names what changed', async () => {
    write('a.yaml', messy);
    const { stdout } = await runCli(['fmt', '-o', 'json'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({ diagnostics: [], changed: ['policies/a.yaml'], written: true });
  });

  test('a broken file is reported and left, the others are formatted', async () => {
    const good = write('a.yaml', messy);
    const broken = write('b.yaml', 'sites: {\n');
    const result = await runCli(['fmt'], { cwd: folder });
    expect(result).toMatchObject({ code: 3, stdout: 'policies/a.yaml\n' });
    expect(result.stderr).toMatch(/^error\[syntax\] .*\n --> policies\/b\.yaml:/);
    expect(readFileSync(good, 'utf8')).toBe(neat);
    expect(readFileSync(broken, 'utf8')).toBe('sites: {\n');
  });

  test('- takes standard input to standard output', async () => {
    expect(await runCli(['fmt', '-'], { input: messy })).toMatchObject({ code: 0, stdout: neat, stderr: '' });
    expect(await runCli(['fmt', '-'], { input: neat })).toMatchObject({ code: 0, stdout: neat });
    expect(await runCli(['fmt', '--check', '-'], { input: messy })).toMatchObject({ code: 2, stdout: '<stdin>\n' });
    expect(await runCli(['fmt', '-'], { input: 'a: {' })).toMatchObject({ code: 3, stdout: '' });
    expect(await runCli(['fmt', '-', folder], { input: messy })).toMatchObject({ code: 64, stdout: '' });
  });

  test('a file that cannot be formatted comes out of a pipe as it went in, with a warning', async () => {
    const odd = '? sites\n: a\n';
    const result = await runCli(['fmt', '-'], { input: odd });
    expect(result).toMatchObject({ code: 0, stdout: odd });
    expect(result.stderr).toContain('warning[not-formatted]');
  });

  test.skipIf(process.getuid?.() === 0)(
    'a folder that cannot be written is said (not tried as root, who may)',
    async () => {
      const path = write('a.yaml', messy);
      chmodSync(join(folder, 'policies'), 0o500);
      const result = await runCli(['fmt', path]);
      chmodSync(join(folder, 'policies'), 0o700);
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(result.stderr).toContain('permission denied');
      expect(readFileSync(path, 'utf8')).toBe(messy);
    },
  );
});
