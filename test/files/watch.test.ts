import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { watchSources } from '../../src/files/watch.ts';
import { openScene, type Scene } from './watch-scene.ts';

const noSweep = { sweepMs: 3_600_000 };
const scenes: Scene[] = [];

afterEach(async () => {
  await Promise.all(scenes.splice(0).map(async (scene) => await scene.close()));
});

async function open(...[roots, prepare, options]: Parameters<typeof openScene>): Promise<Scene> {
  const scene = await openScene(roots, prepare, options);
  scenes.push(scene);
  return scene;
}

function policies(folder: string): void {
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'policies/a.yaml'), 'a: 0\n');
}

describe('triggers', () => {
  test('what changes the moment that it has begun, 20 times', async () => {
    for (let round = 0; round < 20; round++) {
      const scene = await open(['policies'], policies, noSweep);
      writeFileSync(join(scene.folder, 'policies/a.yaml'), `round: ${round}\n`);
      await scene.upToDate();
      expect(scene.triggers()).toBe(1);
    }
  });

  test('what changes without a pause, after the longest wait', async () => {
    const scene = await open(['policies'], policies, { ...noSweep, quietMs: 10_000, longestWaitMs: 50 });
    let writes = 0;
    while (scene.triggers() < 3) {
      writeFileSync(join(scene.folder, 'policies/a.yaml'), `write: ${writes++}\n`);
      await setImmediate();
    }
    expect(writes).toBeGreaterThan(3);
    await scene.upToDate();
  });

  test('a file that stays empty is believed after the longest wait', async () => {
    const scene = await open(['policies'], policies, { ...noSweep, longestWaitMs: 50 });
    writeFileSync(join(scene.folder, 'policies/a.yaml'), '');
    await scene.upToDate();
    expect(scene.readings).toHaveLength(1);
  });

  test('nothing else: what editors leave, other files, git, neighbours, times of access', async () => {
    const scene = await open(
      ['policies'],
      (folder) => {
        policies(folder);
        mkdirSync(join(folder, 'policies/.git/objects'), { recursive: true });
        mkdirSync(join(folder, 'neighbour'));
      },
      noSweep,
    );
    const noise = [
      'policies/.a.yaml.swp',
      'policies/a.yaml~',
      'policies/4913',
      'policies/README.md',
      'policies/.hidden.yaml',
      'policies/.git/index.yaml',
      'policies/.git/objects/a.yaml',
      'neighbour/a.yaml',
      'policies.yaml',
    ];
    for (const path of [...noise, ...noise]) writeFileSync(join(scene.folder, path), 'x: 1\n');
    readFileSync(join(scene.folder, 'policies/a.yaml'));
    symlinkSync('someone@host.1234', join(scene.folder, 'policies/.#a.yaml'));
    for (const path of noise) unlinkSync(join(scene.folder, path));
    writeFileSync(join(scene.folder, 'policies/a.yaml'), 'a: 1\n');
    await scene.upToDate();
    writeFileSync(join(scene.folder, 'policies/a.yaml'), 'a: 2\n');
    await scene.upToDate();
    expect(scene.triggers()).toBe(2);
  });

  test('several roots, some missing, one in another, one named twice', async () => {
    const roots = ['policies', 'policies/team', 'later/x', 'only.yaml', './policies'];
    const scene = await open(roots, policies, noSweep);
    const writes = ['policies/team/b.yaml', 'later/x/c.yaml', 'only.yaml', 'policies/a.yaml'];
    for (const [index, path] of writes.entries()) {
      mkdirSync(join(scene.folder, path, '..'), { recursive: true });
      writeFileSync(join(scene.folder, path), `write: ${index}\n`);
      await scene.upToDate();
      expect(scene.triggers()).toBe(index + 1);
    }
  });

  test('a root given relative to the current folder', async () => {
    const scene = await open([], policies);
    const controller = new AbortController();
    const onTrigger = vi.fn<() => void>();
    const { closed } = await watchSources([join('.', relativeTo(join(scene.folder, 'policies')))], {
      ...noSweep,
      onTrigger,
      onProblem: () => {},
      signal: controller.signal,
    });
    writeFileSync(join(scene.folder, 'policies/a.yaml'), 'a: 1\n');
    await vi.waitFor(() => expect(onTrigger).toHaveBeenCalledOnce());
    controller.abort();
    await closed;
  });

  test('a link that leads in a circle', async () => {
    const scene = await open(
      ['policies'],
      (folder) => {
        policies(folder);
        symlinkSync('.', join(folder, 'policies/self'));
        symlinkSync('loop', join(folder, 'policies/loop'));
      },
      noSweep,
    );
    writeFileSync(join(scene.folder, 'policies/b.yaml'), 'b: 1\n');
    await scene.upToDate();
    expect(scene.triggers()).toBe(1);
    expect(scene.problems).toEqual([]);
  });
});

test("folders that all link to each other are not followed in each other's every order", async () => {
  const scene = await open(
    ['policies'],
    (folder) => {
      for (let from = 0; from < 9; from++) {
        mkdirSync(join(folder, `policies/${from}`), { recursive: true });
        for (let to = 0; to < 9; to++) symlinkSync(`../${to}`, join(folder, `policies/${from}/${to}`));
      }
    },
    noSweep,
  );
  writeFileSync(join(scene.folder, 'policies/8/a.yaml'), 'a: 1\n');
  await scene.upToDate();
  expect(scene.triggers()).toBe(1);
});

describe('the sweep', () => {
  // Above the anchor nobody watches: the old folder goes on being watched, under its new name.
  function replaceAbove(folder: string, round: number): void {
    renameSync(join(folder, 'above'), join(folder, `old${round}`));
    mkdirSync(join(folder, 'above/b/policies'), { recursive: true });
    writeFileSync(join(folder, 'above/b/policies/a.yaml'), `round: ${round}\n`);
  }

  function prepare(folder: string): void {
    mkdirSync(join(folder, 'above/b/policies'), { recursive: true });
    writeFileSync(join(folder, 'above/b/policies/a.yaml'), 'round: 0\n');
  }

  test('finds what no event told of', async () => {
    const scene = await open(['above/b/policies'], prepare, { sweepMs: 20 });
    for (let round = 1; round <= 5; round++) {
      replaceAbove(scene.folder, round);
      await scene.upToDate();
    }
    expect(scene.triggers()).toBe(5);
  });

  test.skipIf(!systemTells())('sets the watch up anew then (where /proc tells)', async () => {
    const scene = await open(['above/b/policies'], prepare, { sweepMs: 20 });
    const root = join(scene.folder, 'above/b/policies');
    expect(isWatched(root)).toBe(true);
    replaceAbove(scene.folder, 1);
    expect(isWatched(root)).toBe(false);
    await vi.waitFor(() => expect(isWatched(root)).toBe(true), { timeout: 10_000 });
    expect(isWatched(join(scene.folder, 'old1/b/policies'))).toBe(false);
  });

  test('is also what polling does', async () => {
    const scene = await open(['above/b/policies'], prepare, { poll: true });
    replaceAbove(scene.folder, 1);
    await scene.upToDate();
    expect(scene.triggers()).toBe(1);
  });
});

describe('the end', () => {
  test.skipIf(!systemTells())('leaves nothing watched (where /proc tells)', async () => {
    const scene = await openScene(['policies'], policies);
    const root = join(scene.folder, 'policies');
    expect(isWatched(root)).toBe(true);
    const kept = join(scene.folder, '..', `kept-${process.pid}`);
    renameSync(root, kept);
    await scene.close();
    expect(isWatched(kept)).toBe(false);
    rmSync(kept, { recursive: true });
  });

  test.for([
    { name: 'with events', options: {} },
    { name: 'polling', options: { poll: true } },
    { name: 'before it has begun', options: {}, abort: 'first' },
    { name: 'while it begins', options: {}, abort: 'beginning' },
    { name: 'in a burst', options: {}, abort: 'burst' },
  ])('lets the process end by itself: $name', async ({ options, abort }) => {
    const folder = mkdtempSync(join(tmpdir(), 'caddyctl-watch-'));
    policies(folder);
    const order = JSON.stringify({ paths: [join(folder, 'policies')], options, abort });
    const child = fork(new URL('watch-end.ts', import.meta.url), [order], { execArgv: [] });
    const heard: unknown[] = [];
    child.on('message', (message) => heard.push(message));
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(heard).toEqual([{ triggers: 0 }]);
    rmSync(folder, { recursive: true });
  });

  test('a handler that throws ends it with its error', async () => {
    const scene = await open([], policies);
    const { closed } = await watchSources([join(scene.folder, 'policies')], {
      onTrigger: () => {
        throw new Error('no');
      },
      onProblem: () => {},
      signal: new AbortController().signal,
    });
    writeFileSync(join(scene.folder, 'policies/a.yaml'), 'a: 1\n');
    await expect(closed).rejects.toThrow('no');
  });
});

function relativeTo(path: string): string {
  return `${process.cwd().replaceAll(/[^/]+/g, '..').slice(1)}${path}`;
}

/** Whether `isWatched` can tell here: on Linux, where the file system has the same numbers for folders within as without. */
function systemTells(): boolean {
  if (process.platform !== 'linux') return false;
  const folder = mkdtempSync(join(tmpdir(), 'caddyctl-watch-'));
  const watcher = watch(folder);
  const tells = isWatched(folder);
  watcher.close();
  rmSync(folder, { recursive: true });
  return tells && !isWatched(tmpdir());
}

/** Whether this process has a watch on the folder that has this path now. */
function isWatched(path: string): boolean {
  const inode = statSync(path).ino.toString(16);
  return readdirSync('/proc/self/fdinfo').some((descriptor) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8').includes(` ino:${inode} `);
    } catch {
      return false;
    }
  });
}
