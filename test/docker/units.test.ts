import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

function isThere(): boolean {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!isThere()).each(['caddyctl.service', 'caddyctl-up.service'])('%s', (name) => {
  test('systemd understands every line of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unit-'));
    try {
      // A program that is not there would be its one complaint.
      const text = await readFile(join(root, 'docker', name), 'utf8');
      const path = join(folder, name);
      await writeFile(path, text.replace('/usr/bin/caddyctl', process.execPath));
      const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', path]);
      expect(stdout + stderr).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('it may do little', async () => {
    const { stdout } = await run('systemd-analyze', [
      'security',
      '--offline=true',
      '--no-pager',
      join(root, 'docker', name),
    ]);
    expect(Number(/exposure level for \S+: (\d+\.\d)/.exec(stdout)?.[1])).toBeLessThan(2);
  });
});
