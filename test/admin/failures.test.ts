import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { adminFor, errorOf, failureOf } from '../support/admin-client.ts';
import { freePort } from '../support/client/ports.ts';
import { config, type FakeAdmin, type FakeAnswer, refusal, startFakeAdmin } from '../support/fake-admin.ts';

let fake: FakeAdmin | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function readFrom(answer: FakeAnswer) {
  fake = await startFakeAdmin(() => answer);
  return errorOf(adminFor(fake.address).read('apps'));
}

describe('unreachable', () => {
  test('nothing listens on the port', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const error = await errorOf(adminFor(address).read('apps'));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toBe(`cannot reach Caddy's admin API at ${address}: nothing listens there`);
    expect(error.hint).toContain('--admin');
  });

  test('there is no socket, or it is none, or its owner is gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'socket-'));
    try {
      const path = join(folder, 's');
      expect(await failureOf(adminFor(`unix/${path}`).read('apps'))).toEqual({
        kind: 'unreachable',
        reason: 'there is no such socket',
      });
      await writeFile(path, '');
      expect(await failureOf(adminFor(`unix/${path}`).read('apps'))).toMatchObject({ kind: 'unreachable' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a write to nothing is told as such, not as unknown', async () => {
    const admin = adminFor(`127.0.0.1:${await freePort()}`);
    expect(
      await failureOf(admin.write('apps', '{"http":{}}', { value: {}, etag: '"/config/apps abc"' })),
    ).toMatchObject({ kind: 'unreachable' });
  });
});

describe('unauthorised', () => {
  test.each([401, 403])('%d with its reason', async (status) => {
    const error = await readFrom(refusal(status, 'host not allowed: caddy:2019'));
    expect(error.failure).toEqual({ kind: 'unauthorised', reason: 'host not allowed: caddy:2019' });
    expect(error.message).toContain('does not let us in: host not allowed: caddy:2019');
  });

  test('an Origin header is sent from the moment that it is asked for', async () => {
    fake = await startFakeAdmin(({ headers }) =>
      headers.origin === undefined ? refusal(403, "client is not allowed to access from origin ''") : config({}),
    );
    const admin = adminFor(fake.address);
    await admin.read('apps');
    await admin.read('apps');
    expect(fake.asked.map((one) => one.headers.origin)).toEqual([
      undefined,
      `http://${fake.address}`,
      `http://${fake.address}`,
    ]);
  });
});

describe('not an admin API', () => {
  test.each<[string, FakeAnswer, string]>([
    [
      'a page',
      { headers: { 'content-type': 'text/html', etag: '"x"' }, body: '<h1>It works!</h1>' },
      'something else than JSON',
    ],
    [
      'JSON cut short',
      { headers: { 'content-type': 'application/json', etag: '"x"' }, body: '{"a":' },
      'something else than JSON',
    ],
    ['no etag', { headers: { 'content-type': 'application/json' }, body: '{}' }, 'without an etag'],
    ['not found', { status: 404, body: '<h1>Not\u0007 found</h1>\nmore' }, 'HTTP 404: <h1>Not? found</h1>'],
    ['a redirect', { status: 301, headers: { location: 'http://127.0.0.1:1/' } }, 'HTTP 301'],
    ['an odd refusal', refusal(500, 'odd'), 'HTTP 500: odd'],
  ])('%s', async (_, answer, reason) => {
    expect((await readFrom(answer)).failure).toEqual({ kind: 'protocol', reason: expect.stringContaining(reason) });
    expect(fake?.asked).toHaveLength(1);
  });

  test('no HTTP at all', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      expect(await failureOf(adminFor(`127.0.0.1:${port}`).read('apps'))).toMatchObject({ kind: 'protocol' });
      expect(await failureOf(adminFor(`https://127.0.0.1:${port}`).read('apps'))).toEqual({
        kind: 'protocol',
        reason: 'it does not speak TLS',
      });
    } finally {
      server.close();
    }
  });

  test('an answer without end is given up', async () => {
    const endless = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n');
      const more = (): boolean => {
        while (!socket.destroyed && socket.write(Buffer.alloc(2 ** 20, ' '))) continue;
        return socket.once('drain', more).writable;
      };
      more();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => endless.listen(port, '127.0.0.1', resolve));
    try {
      const failure = await failureOf(adminFor(`127.0.0.1:${port}`).adapt(':80'));
      expect(failure).toEqual({ kind: 'protocol', reason: 'the answer is larger than 16777216 bytes' });
    } finally {
      endless.close();
    }
  });
});

test('a Caddy before 2.8 is known by its etag, which comes as a trailer', async () => {
  const error = await readFrom({ headers: { 'content-type': 'application/json', trailer: 'ETag' }, body: 'null\n' });
  expect(error.failure).toEqual({ kind: 'too-old' });
  expect(error.message).toContain('older than 2.8');
  expect(error.hint).toContain('2.11');
});

test('silence is a time-out, and metrics that are silent too mean hung', async () => {
  fake = await startFakeAdmin(() => undefined);
  const silent = adminFor(fake.address, { timeouts: { connect: 1_000, answer: 50, perMebibyte: 0 } });
  expect(await failureOf(silent.read('apps'))).toEqual({ kind: 'timeout', milliseconds: 50, busy: false });
  await fake.stop();
  fake = await startFakeAdmin(({ line }) => (line === 'GET /metrics' ? {} : undefined));
  const busy = adminFor(fake.address, { timeouts: { answer: 50, perMebibyte: 0 } });
  expect(await failureOf(busy.read('apps'))).toEqual({ kind: 'timeout', milliseconds: 50, busy: true });
});

test('the time for an answer grows with what is sent', async () => {
  fake = await startFakeAdmin(({ line }) => (line.startsWith('GET') ? {} : undefined));
  const timeouts = { connect: 1_000, answer: 50, perMebibyte: 100, patience: 1 };
  const body = `{"http":${JSON.stringify('x'.repeat(2 * 1024 * 1024))}}`;
  const write = adminFor(fake.address, { timeouts }).write('apps', body, { value: {}, etag: '"/config/apps abc"' });
  expect(await failureOf(write)).toMatchObject({
    kind: 'unknown-outcome',
    reason: expect.stringContaining('no answer within 251 ms'),
  });
});
