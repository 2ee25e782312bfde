import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { anyPort, probeBind } from '../../src/daemon/bind-probe.ts';
import { freePort } from '../support/client/ports.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function tcp(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a port is free, and taken while somebody listens there, on this address or on all', async () => {
  expect(await anyPort('127.0.0.1')).toBeGreaterThan(0);
  expect(await probeBind(`127.0.0.1:${await freePort()}`, true)).toBe('free');
  const taken = await tcp('127.0.0.1');
  expect(await probeBind(`127.0.0.1:${taken}`, false)).toBe('taken');
  expect(await probeBind(`:${taken}`, false)).toBe('taken');
  const everywhere = await tcp('0.0.0.0');
  expect(await probeBind(`127.0.0.1:${everywhere}`, false)).toBe('taken');
});

test('UDP counts where it is wanted', async () => {
  const socket = createSocket('udp4');
  // One that the system gives could be a TCP client's of another test.
  const port = await freePort();
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(() => socket.close());
  expect(await probeBind(`127.0.0.1:${port}`, false)).toBe('free');
  expect(await probeBind(`127.0.0.1:${port}`, true)).toBe('taken');
});

test('an address of another machine', async () => {
  // TEST-NET-1: RFC 5737 keeps it from being anybody's.
  expect(await probeBind('192.0.2.1:8080', false)).toBe('absent');
});

test('a socket file: free when nobody answers it, taken when it is something else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bind-'));
  closing.push(() => rm(folder, { recursive: true }));
  expect(await probeBind(`unix/${folder}/s`, false)).toBe('free');
  const server = createServer().listen(join(folder, 's'));
  await once(server, 'listening');
  expect(await probeBind(`unix/${folder}/s|0660`, false)).toBe('taken');
  server.close();
  await writeFile(join(folder, 'file'), '');
  expect(await probeBind(`unix/${folder}/file`, false)).toBe('taken');
});
