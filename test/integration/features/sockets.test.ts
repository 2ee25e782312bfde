import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type Backend, linesOf, startBackend } from '../../support/backend/backend.ts';
import { echo } from '../../support/backend/echo.ts';
import { type Served, serve } from '../../support/serve.ts';

let folder: string;
let app: Backend;
let served: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listen-'));
  app = await startBackend({ app: echo('app') });
  served = await serve({
    caddyPath: inject('caddyPath'),
    policy: `
sites:
  alone.test: { tls: off, listen: unix/${folder}/alone, to: "${app.address}" }
  behind.test: { tls: off, listen: unix/${folder}/behind, trusted_proxies: private, deny_from: 192.0.2.1, to: "${app.address}" }
  only.test: { tls: off, listen: unix/${folder}/behind, trusted_proxies: private, allow_from: 192.0.2.2, to: "${app.address}" }
  other.test: { tls: off, listen: unix/${folder}/behind, to: "${app.address}" }
`,
  });
});

afterAll(async () => {
  await served?.stop();
  await app?.stop();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  app.contacts.length = 0;
});

const ask = (socket: string, host: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    const asked = request({ socketPath: join(folder, socket), headers: { Host: host, ...headers } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    asked.on('error', reject).end();
  });

const seen = (name: string) => linesOf(app.contacts[0], name);

test('a client on a Unix socket has no address, and cannot give itself one', async () => {
  expect(await ask('alone', 'alone.test', { 'X-Forwarded-For': '192.0.2.9', 'X-Real-IP': '192.0.2.9' })).toBe(200);
  expect([...seen('X-Forwarded-For'), ...seen('X-Real-IP')]).toEqual([]);
});

test('a trusted proxy on a Unix socket says whom it speaks for', async () => {
  const headers = { 'X-Forwarded-For': '192.0.2.3, 10.0.0.1', 'X-Forwarded-Proto': 'https' };
  expect(await ask('behind', 'behind.test', headers)).toBe(200);
  expect(seen('X-Real-IP')).toEqual(['192.0.2.3']);
  expect(seen('X-Forwarded-For')).toEqual(['192.0.2.3, 10.0.0.1']);
  expect(seen('X-Forwarded-Proto')).toEqual(['https']);
});

test('and who is let in goes by that', async () => {
  expect(await ask('behind', 'behind.test', { 'X-Forwarded-For': '192.0.2.1' })).toBe(403);
  expect(await ask('behind', 'behind.test', { 'X-Forwarded-For': '192.0.2.2, 192.0.2.1' })).toBe(403);
  expect(await ask('behind', 'only.test', { 'X-Forwarded-For': '192.0.2.1' })).toBe(403);
  expect(await ask('behind', 'only.test', {})).toBe(403);
  expect(await ask('behind', 'only.test', { 'X-Forwarded-For': '192.0.2.2' })).toBe(200);
});

test('a site that trusts nobody does not, on the same socket', async () => {
  expect(await ask('behind', 'other.test', { 'X-Forwarded-For': '192.0.2.3', 'X-Real-IP': '192.0.2.3' })).toBe(200);
  expect([...seen('X-Forwarded-For'), ...seen('X-Real-IP')]).toEqual([]);
});
