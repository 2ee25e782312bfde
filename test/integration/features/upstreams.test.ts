import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createH2c, type Http2Server } from 'node:http2';
import { createServer as createHttps, type Server } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Backend, startBackend } from '../../support/backend/backend.ts';
import { echo, type Seen } from '../../support/backend/echo.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { http1 } from '../../support/client/http1.ts';
import { type Served, serve } from '../../support/serve.ts';

let folder: string;
let certificates: Certificates;
let one: Backend;
let two: Backend;
let secure: Server;
let h2c: Http2Server;
let socket: HttpServer;
let silent: Backend;
let served: Served;

const listening = (server: NetServer) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'up-'));
  certificates = await makeCertificates(inject('caddyPath'), ['backend.test']);
  const { key, cert } = certificates.of('backend.test');
  one = await startBackend({ app: echo('one') });
  two = await startBackend({ app: echo('two') });
  silent = await startBackend({ app: () => undefined });
  secure = createHttps({ key: await readFile(key), cert: await readFile(cert) }, (_, response) =>
    response.end('by TLS'),
  );
  h2c = createH2c((request, response) => response.end(`by HTTP/${request.httpVersion}`));
  socket = createHttp((request, response) => response.end(`by socket for ${request.headers.host}`));
  const [securePort, h2cPort] = [await listening(secure), await listening(h2c)];
  const socketPath = join(folder, 'app.sock');
  await new Promise<void>((resolve) => socket.listen(socketPath, resolve));
  served = await serve({
    caddyPath: inject('caddyPath'),
    policy: `
services:
  pair: { at: ["${one.address}", "${two.address}"], balance: round_robin }
  failing: { at: ["127.0.0.1:1", "${one.address}"], balance: first, retries: 2, passive: { fail_duration: 30s } }
  own-host: { at: "${one.address}", host_header: upstream }
  named: { at: "${one.address}", host_header: { value: internal.name } }
  secure: { at: "https://127.0.0.1:${securePort}", tls: { ca: "${certificates.ca}", server_name: backend.test } }
  distrusted: { at: "https://127.0.0.1:${securePort}" }
sites:
  up.test:
    tls: off
    routes:
      /: { deny: 404 }
      /pair: pair
      /failing: failing
      /own-host: own-host
      /named: named
      /secure: secure
      /distrusted: distrusted
      /h2c: h2c://127.0.0.1:${h2cPort}
      /socket: unix/${socketPath}
      /slow: { to: "${silent.address}", timeouts: { first_byte: 200ms } }
`,
  });
});

afterAll(async () => {
  await served?.stop();
  for (const backend of [one, two, silent]) await backend?.stop();
  for (const server of [secure, h2c, socket]) server?.close();
  await certificates?.remove();
  await rm(folder, { recursive: true });
});

const get = (path: string) => http1(served.http('up.test'), { path });
const seen = async (path: string) => JSON.parse((await get(path)).body) as Seen;
const hostSeen = async (path: string) => new Map((await seen(path)).headers).get('Host');

test('a pool is shared in turn', async () => {
  const apps = [await seen('/pair'), await seen('/pair'), await seen('/pair'), await seen('/pair')].map(
    ({ app }) => app,
  );
  expect(apps.toSorted()).toEqual(['one', 'one', 'two', 'two']);
});

test('an address that does not answer is left for the next', async () => {
  expect((await seen('/failing')).app).toBe('one');
});

test("the app sees the client's Host, its own, or a value", async () => {
  expect(await hostSeen('/pair')).toBe('up.test');
  expect(await hostSeen('/own-host')).toBe(one.address);
  expect(await hostSeen('/named')).toBe('internal.name');
});

test('an app by https is believed by its CA and name, and not without', async () => {
  expect((await get('/secure')).body).toBe('by TLS');
  expect((await get('/distrusted')).status).toBe(502);
});

test('an app by h2c, and one on a Unix socket', async () => {
  expect((await get('/h2c')).body).toBe('by HTTP/2.0');
  expect((await get('/socket')).body).toBe('by socket for up.test');
});

test('an app that does not begin to answer is a 504 once the policy says so', async () => {
  expect((await get('/slow')).status).toBe(504);
});
