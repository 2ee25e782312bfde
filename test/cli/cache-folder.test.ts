import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder } from '../../src/cli/cache-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a clone keeps its Caddy within it', () => {
  expect(cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: '/var/cache' }, folder)).toBe(join(folder, '.cache/caddy'));
});

test('an installed program keeps it in the folder of its user', async () => {
  const installed = join(folder, 'node_modules/caddyctl');
  await mkdir(installed, { recursive: true });
  expect(cacheFolder({ HOME: '/home/me' }, installed)).toBe('/home/me/.cache/caddyctl');
  expect(cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: '/var/cache' }, installed)).toBe('/var/cache/caddyctl');
  expect(cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: 'relative' }, installed)).toBe('/home/me/.cache/caddyctl');
});

test.skipIf(process.getuid?.() === 0)('so does one whose folder is not its own', async () => {
  await chmod(folder, 0o555);
  expect(cacheFolder({ HOME: '/home/me' }, folder)).toBe('/home/me/.cache/caddyctl');
  await chmod(folder, 0o755);
});
