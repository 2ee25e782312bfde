import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, inject, test } from 'vitest';
import { CaddyNotStarted } from '../../src/daemon/caddy-process.ts';
import { endLeftBehind } from '../../src/daemon/left-behind.ts';
import { startManagedCaddy } from '../../src/daemon/managed-caddy.ts';
import { makeRunFolder, type RunFolder, runFolder } from '../../src/daemon/run-folder.ts';
import { readRecord, writeRecord } from '../../src/daemon/running-record.ts';
import { freePort } from '../support/client/ports.ts';
import { endAll, newHome, runs } from '../support/up.ts';

const caddyPath = inject('caddyPath');
const homes: string[] = [];
afterEach(() => endAll(homes.splice(0)));

async function newFolder(): Promise<RunFolder> {
  const home = await newHome();
  homes.push(home);
  const folder = runFolder(home, 'local');
  await makeRunFolder(folder);
  return folder;
}

const target = { owner: 'default', httpPort: 8080, httpsPort: 8443, internalCa: true, listen: {}, secretFiles: {} };

test('nothing was left behind', async () => {
  const folder = await newFolder();
  expect(await endLeftBehind(folder)).toEqual({ kind: 'none' });
  // The number of a process that is none of ours: nothing is done to it.
  const record = { caddyctl: process.pid, caddy: process.pid, admin: `unix/${folder.adminSocket}`, target };
  await writeRecord(folder.record, record);
  expect(await endLeftBehind(folder)).toEqual({ kind: 'none' });
  expect(await readRecord(folder.record)).toBeUndefined();
});

test('what answers on the socket of the folder is asked to end, and has ended', async () => {
  const folder = await newFolder();
  const env = { PATH: process.env['PATH'], HOME: folder.path };
  // As `up` starts it: by how it is called its end is told from that of its socket, which comes first.
  const caddy = await startManagedCaddy({
    path: caddyPath,
    env,
    adminSocket: folder.adminSocket,
    onLine: () => {},
  });
  await writeRecord(folder.record, { caddyctl: 1, caddy: caddy.pid, admin: caddy.admin.address, target });
  expect(await endLeftBehind(folder)).toEqual({ kind: 'ended', pid: caddy.pid });
  expect(runs(caddy.pid)).toBe(false);
  expect(await readRecord(folder.record)).toBeUndefined();
  expect((await caddy.exited).code).toBe(0);
});

test('what does not end is told, and not killed', async () => {
  const folder = await newFolder();
  // As a Caddy that hangs looks like in the list of processes.
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', 'caddy', 'run', '--config', '-']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  await writeRecord(folder.record, { caddyctl: 1, caddy: pid, admin: `unix/${folder.adminSocket}`, target });
  expect(await endLeftBehind(folder, 100)).toEqual({ kind: 'stuck', pid });
  expect(runs(pid)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('a Caddy that does not finish in time is killed', async () => {
  const { adminSocket } = await newFolder();
  const env = { PATH: process.env['PATH'], HOME: join(adminSocket, '..') };
  const caddy = await startManagedCaddy({ path: caddyPath, env, adminSocket, onLine: () => {} });
  const backend = createServer().listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const proxy = {
    handler: 'reverse_proxy',
    upstreams: [{ dial: `127.0.0.1:${(backend.address() as AddressInfo).port}` }],
  };
  const port = await freePort();
  const server = {
    listen: [`127.0.0.1:${port}`],
    automatic_https: { disable: true },
    routes: [{ handle: [proxy] }],
  };
  const apps = JSON.stringify({ http: { servers: { test: server } } });
  await caddy.admin.write('apps', apps, await caddy.admin.read('apps'));
  // A request that the backend never answers is under way for ever.
  const asked = once(backend, 'connection');
  const client = connect(port, '127.0.0.1');
  client.on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await asked;
  const exit = await caddy.stop(200);
  expect(exit.signal ?? exit.code).toBe('SIGKILL');
  client.destroy();
  backend.close();
});

test('an executable that is none', async () => {
  const { adminSocket } = await newFolder();
  const parts = { path: join(adminSocket, 'none'), env: {}, adminSocket, onLine: () => {} };
  await expect(startManagedCaddy(parts)).rejects.toThrow(CaddyNotStarted);
});
