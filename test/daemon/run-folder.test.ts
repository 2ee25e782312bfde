import { chmod, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultStateFolder, makeRunFolder, runFolder } from '../../src/daemon/run-folder.ts';
import { takeRunLock } from '../../src/daemon/run-lock.ts';
import { readRecord, removeRecord, writeRecord } from '../../src/daemon/running-record.ts';
import { FolderUnusable } from '../../src/files/private-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('where state belongs', () => {
  expect(defaultStateFolder({ XDG_STATE_HOME: '/var/state' })).toBe('/var/state/caddyctl');
  const usual = join(homedir(), '.local/state/caddyctl');
  expect(defaultStateFolder({})).toBe(usual);
  expect(defaultStateFolder({ XDG_STATE_HOME: 'relative' })).toBe(usual);
});

test('the folder is private, whatever it was', async () => {
  const made = runFolder(folder, 'local');
  await makeRunFolder(made);
  expect(await modeOf(made.path)).toBe(0o700);
  await chmod(made.path, 0o755);
  await makeRunFolder(made);
  expect(await modeOf(made.path)).toBe(0o700);
});

test('a file or a link in its place is refused', async () => {
  await writeFile(join(folder, 'local'), '');
  await expect(makeRunFolder(runFolder(folder, 'local'))).rejects.toThrow(FolderUnusable);
  await mkdir(join(folder, 'elsewhere'));
  await symlink(join(folder, 'elsewhere'), join(folder, 'up'));
  await expect(makeRunFolder(runFolder(folder, 'up'))).rejects.toThrow('is not a folder');
});

test('sockets of a deep folder are where a path is short enough, the same each time, private too', async () => {
  const deep = join(folder, 'd'.repeat(120));
  const made = runFolder(deep, 'local');
  expect(Buffer.byteLength(made.adminSocket)).toBeLessThanOrEqual(100);
  expect(runFolder(deep, 'local')).toEqual(made);
  expect(runFolder(deep, 'up').adminSocket).not.toBe(made.adminSocket);
  await makeRunFolder(made);
  expect(await modeOf(dirname(made.adminSocket))).toBe(0o700);
  await rm(dirname(made.adminSocket), { recursive: true });
});

test('the lock has one holder, and a new one when that lets go', async () => {
  const path = join(folder, 'lock');
  const first = await takeRunLock(path);
  expect(first).toBeDefined();
  expect(await takeRunLock(path)).toBeUndefined();
  await first?.release();
  const second = await takeRunLock(path);
  expect(second).toBeDefined();
  await second?.release();
});

test('the socket that a killed holder left behind holds nobody back', async () => {
  const path = join(folder, 'lock');
  const dead = createServer();
  await new Promise<void>((resolve) => void dead.listen(join(folder, 'other'), resolve));
  // Node removes a socket file when it closes the socket; under another name it stays, and nobody answers it.
  await rename(join(folder, 'other'), path);
  await new Promise((resolve) => dead.close(resolve));
  const lock = await takeRunLock(path);
  expect(lock).toBeDefined();
  await lock?.release();
});

test('a record is read as it was written, by its owner only', async () => {
  const path = join(folder, 'running.json');
  const target = {
    owner: 'default',
    httpPort: 8080,
    httpsPort: 8443,
    internalCa: true,
    secretFiles: {},
    listen: { ':8443': ['127.0.0.1:8443'] },
  };
  const record = { caddyctl: 10, caddy: 11, admin: 'unix//run/s', target };
  expect(await readRecord(path)).toBeUndefined();
  await writeRecord(path, record);
  expect(await readRecord(path)).toMatchObject(record);
  expect(await modeOf(path)).toBe(0o600);
  await removeRecord(path);
  await removeRecord(path);
  expect(await readRecord(path)).toBeUndefined();
});

test.each(['', 'null', '{}', '{"version":3,"caddy":1,"caddyctl":1}', '{"version":2,"caddy":"1","caddyctl":1}'])(
  'a record that says %j says nothing',
  async (text) => {
    const path = join(folder, 'running.json');
    await writeFile(path, text);
    expect(await readRecord(path)).toBeUndefined();
  },
);
