import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { constants } from 'node:os';
import { beforeEach, describe, expect, test } from 'vitest';
import { degraded } from '../../src/history/degraded.ts';
import { type History, openHistory } from '../../src/history/history.ts';
import { UNFINISHED } from '../../src/history/write-whole.ts';
import { newFolder } from './new-folder.ts';
import { config, entry } from './revisions.ts';
import { steppedFiles } from './stepped-files.ts';

const pin = {
  time: '2026-01-02T03:04:05.678Z',
  revision: 'a',
  by: { user: 'ann', command: 'rollback', version: '1.0.0' },
  caddy: 'localhost:2019',
};

let folder: string;
beforeEach(() => {
  folder = newFolder();
});

const writes = {
  record: (...of: Parameters<typeof openHistory>) => openHistory(...of).record(entry('new'), config('new')),
  'pin set': (...of: Parameters<typeof openHistory>) => openHistory(...of).writePin({ ...pin, revision: 'new' }),
  'pin off': (...of: Parameters<typeof openHistory>) => openHistory(...of).writePin(undefined),
};
const kinds = Object.keys(writes) as (keyof typeof writes)[];

/** The operations of one write. */
async function stepsOf(kind: keyof typeof writes): Promise<string[]> {
  const steps: string[] = [];
  await writes[kind](folder, { files: steppedFiles((operation) => steps.push(operation)) });
  return steps;
}

function systemError(code: 'ENOSPC' | 'EROFS' | 'EACCES' | 'EIO' | 'EMFILE'): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code, errno: -constants.errno[code], syscall: 'write' });
}

/** A new folder with an entry and a pin. */
async function begin(): Promise<History> {
  folder = newFolder();
  const whole = openHistory(folder);
  await whole.record(entry('old'), config('old'));
  await whole.writePin({ ...pin, revision: 'old' });
  return whole;
}

describe.each(kinds)('%s', (kind) => {
  test.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO', 'EMFILE'] as const)(
    'with %s at any of its steps: told, and what was there is there',
    async (code) => {
      await begin();
      const count = (await stepsOf(kind)).length;
      expect(count).toBeGreaterThan(3);
      for (let failing = 1; failing <= count; failing++) {
        const whole = await begin();
        let step = 0;
        const files = steppedFiles(() => {
          if (++step === failing) throw systemError(code);
        });
        const problem = await writes[kind](folder, { files }).then(
          (problems) => problems?.join('; '),
          (error: unknown) => degraded(folder, error).message,
        );
        // A file that cannot be read is skipped and told; anything else ends the write.
        expect(problem).toMatch(/no space left|read-only|permission denied|i\/o error|too many open files/);
        const { entries, problems } = await whole.read();
        expect(problems).toEqual([]);
        expect(entries.map(({ revision }) => revision)).toContain('old');
        expect(['old', kind === 'pin off' ? undefined : 'new']).toContain((await whole.readPin())?.revision);
        expect(readdirSync(folder).filter((name) => UNFINISHED.test(name))).toEqual([]);
      }
    },
  );
});

test('a file is on the disk before it has its name, and its name before the write is acknowledged', async () => {
  await openHistory(folder).record(entry('old'), config('old'));
  const order = ['open', 'write', 'write on', 'sync', 'rename', 'open', 'sync'];
  expect(await stepsOf('record')).toEqual(expect.arrayContaining(order));
  const steps = (await stepsOf('record')).join();
  expect(steps).toMatch(new RegExp(`^mkdir,lstat,readdir,${order.join()},`));
  expect(await stepsOf('pin set')).toEqual(['mkdir', 'lstat', ...order]);
  expect(await stepsOf('pin off')).toEqual(['lstat', 'lstat', 'unlink', 'open', 'sync']);
});

test('a file system that cannot write folders through is taken as it is', async () => {
  let syncs = 0;
  const files = steppedFiles((operation) => {
    if (operation === 'sync' && ++syncs === 2) throw Object.assign(new Error(), { code: 'EINVAL', syscall: 'fsync' });
  });
  const history = openHistory(folder, { files });
  expect(await history.record(entry('a'), config('a'))).toEqual([]);
  expect(syncs).toBe(2);
});

test('what is no fault of the folder is not called one', () => {
  expect(() => degraded(folder, new TypeError('a bug'))).toThrow('a bug');
});

describe('for real', () => {
  test('a file where the folder should be', async () => {
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(folder, '');
    const history = openHistory(folder);
    await expect(history.record(entry('a'), config('a'))).rejects.toThrow(`${folder} is not a folder`);
    await expect(history.read()).rejects.toThrow(`${folder} is not a folder`);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written', async () => {
    const history = openHistory(folder);
    await history.record(entry('a'), config('a'));
    chmodSync(dirname(folder), 0o500);
    chmodSync(folder, 0o500);
    await expect(history.record(entry('b'), config('b'))).rejects.toThrow(/permission denied|EACCES/);
    await expect(history.writePin(pin)).rejects.toThrow('EACCES');
    expect((await history.read()).entries).toHaveLength(1);
    chmodSync(dirname(folder), 0o700);
  });
});
