import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { openScene } from './watch-scene.ts';

const watchOfSystem = fs.watch;

afterEach(() => {
  fs.watch = watchOfSystem;
  syncBuiltinESMExports();
});

/** After so many folders the system refuses to watch one more, as Node tells of it. */
function refuseAfter(allowed: number, code: string, errno: number): void {
  let left = allowed;
  const limited = (...args: Parameters<typeof watchOfSystem>): fs.FSWatcher => {
    if (left-- > 0) return watchOfSystem(...args);
    throw Object.assign(new Error(`${code}: refused, watch '${String(args[0])}'`), { code, errno, syscall: 'watch' });
  };
  fs.watch = limited as typeof fs.watch;
  syncBuiltinESMExports();
}

function prepare(folder: string): void {
  for (let index = 0; index < 10; index++) {
    mkdirSync(join(folder, `policies/team${index}`), { recursive: true });
    writeFileSync(join(folder, `policies/team${index}/a.yaml`), 'a: 0\n');
  }
}

test.for([
  { code: 'ENOSPC', errno: -28, says: 'max_user_watches', problem: 'watch-limit' },
  { code: 'EMFILE', errno: -24, says: 'max_user_instances', problem: 'watch-limit' },
  { code: 'ENOSYS', errno: -38, says: '--poll', problem: 'watch-failed' },
])('$code: said once, and all is seen still', async ({ code, errno, says, problem }) => {
  refuseAfter(4, code, errno);
  const scene = await openScene(['policies'], prepare, { sweepMs: 3_600_000 });
  expect(scene.problems.map((each) => each.code)).toEqual([problem]);
  expect(scene.problems[0]?.hint).toContain(says);
  for (let index = 0; index < 10; index++) {
    writeFileSync(join(scene.folder, `policies/team${index}/a.yaml`), 'a: 1\n');
    await scene.upToDate();
    expect(scene.triggers()).toBe(index + 1);
  }
  expect(scene.problems).toHaveLength(1);
  await scene.close();
});

test('a limit that is reached long after the start', async () => {
  const scene = await openScene(['policies'], prepare, { sweepMs: 3_600_000 });
  expect(scene.problems).toEqual([]);
  refuseAfter(0, 'ENOSPC', -28);
  for (let index = 0; index < 5; index++) {
    mkdirSync(join(scene.folder, `policies/new${index}`));
    writeFileSync(join(scene.folder, `policies/new${index}/a.yaml`), 'a: 1\n');
    await scene.upToDate();
    writeFileSync(join(scene.folder, `policies/new${index}/a.yaml`), 'a: 2\n');
    await scene.upToDate();
  }
  expect(scene.problems.map((each) => each.code)).toEqual(['watch-limit']);
  await scene.close();
});

test('a folder that may not be watched is no reason to poll', async () => {
  refuseAfter(3, 'EACCES', -13);
  const scene = await openScene(['policies'], prepare, { sweepMs: 20 });
  for (let index = 0; index < 10; index++) {
    writeFileSync(join(scene.folder, `policies/team${index}/a.yaml`), 'a: 1\n');
    await scene.upToDate();
  }
  expect(scene.problems).toEqual([]);
  await scene.close();
});

// A user namespace has a limit of its own, which its own root may lower; nobody else's watches are touched.
const withWatches = (limit: number, ...command: string[]): string[] => [
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  `echo ${limit} > /proc/sys/user/max_inotify_watches && exec "$@"`,
  'sh',
  ...command,
];

function hasOwnLimit(): boolean {
  try {
    execFileSync('unshare', withWatches(3, 'true'), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!hasOwnLimit())('the real limit of Linux (where user namespaces are allowed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caddyctl-watch-'));
  prepare(folder);
  const script = fileURLToPath(new URL('watch-limit.ts', import.meta.url));
  const output = execFileSync('unshare', withWatches(5, process.execPath, script, join(folder, 'policies')), {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(output.trim().split('\n')).toEqual(['watch-limit', 'trigger']);
  rmSync(folder, { recursive: true });
});
