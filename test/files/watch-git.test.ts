import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gitWatch } from '../../src/files/watch-git.ts';

let scene: string;

beforeEach(() => {
  scene = mkdtempSync(join(tmpdir(), 'caddyctl-git-'));
  mkdirSync(join(scene, 'tree/policies'), { recursive: true });
  mkdirSync(join(scene, 'git'));
  writeFileSync(join(scene, 'git/index.lock'), '');
});

afterEach(() => {
  rmSync(scene, { recursive: true, force: true });
});

async function isAtWork(): Promise<boolean> {
  const look = await gitWatch([join(scene, 'tree/policies')]);
  return await look();
}

test('a second work tree says in a file where its git folder is', async () => {
  writeFileSync(join(scene, 'tree/.git'), 'gitdir: ../git\n');
  expect(await isAtWork()).toBe(true);
});

test('of such a file only the begin is read, and through a link none', async () => {
  writeFileSync(join(scene, 'tree/.git'), `${'#\n'.repeat(5_000)}gitdir: ../git\n`);
  expect(await isAtWork()).toBe(false);
  rmSync(join(scene, 'tree/.git'));
  writeFileSync(join(scene, 'place'), 'gitdir: ../git\n');
  symlinkSync('../place', join(scene, 'tree/.git'));
  expect(await isAtWork()).toBe(false);
});

test.each([-120, 120])('a lock of %i seconds from now was left behind', async (seconds) => {
  writeFileSync(join(scene, 'tree/.git'), 'gitdir: ../git\n');
  const time = Date.now() / 1000 + seconds;
  utimesSync(join(scene, 'git/index.lock'), time, time);
  expect(await isAtWork()).toBe(false);
});
