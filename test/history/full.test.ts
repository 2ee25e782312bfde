import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { newFolder } from './new-folder.ts';

const writer = fileURLToPath(new URL('fill-up.ts', import.meta.url));
const run = promisify(execFile);

interface Filled {
  readonly kept: readonly string[];
  readonly refused: readonly string[];
  readonly found: readonly string[];
  readonly problems: readonly string[];
}

/** Only root may mount, and not in every container. */
const mayMount = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt']).status === 0;

function expectDegraded({ kept, refused, found, problems }: Filled, reason: string): void {
  expect(refused).toEqual(Array.from({ length: 4 }, () => `the history is degraded: ${reason}`));
  expect(kept.length).toBeGreaterThan(3);
  expect(found).toEqual(kept);
  expect(problems).toEqual([]);
}

test.runIf(mayMount)(
  'a disk of 64 KiB: what was kept before it was full can be read, and the rest is told',
  async () => {
    const folder = newFolder();
    mkdirSync(dirname(folder), { recursive: true });
    const script = 'mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" "$3" "$4" 400';
    const args = ['sh', '-c', script, 'sh', dirname(folder), process.execPath, writer, folder];
    const { stdout } = await run('unshare', ['-m', ...args]);
    expectDegraded(JSON.parse(stdout) as Filled, 'no space left on device');
  },
);

test('a limit on the size of files: likewise, and nothing is left behind', async () => {
  const folder = newFolder();
  // In blocks of 512 bytes. The limit breaks a write off in its middle.
  const script = 'ulimit -f 64; exec "$1" "$2" "$3" 4000';
  const { stdout } = await run('sh', ['-c', script, 'sh', process.execPath, writer, folder]);
  expectDegraded(JSON.parse(stdout) as Filled, 'file too large');
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(readdirSync(join(folder)).length).toBeGreaterThan(3);
});
