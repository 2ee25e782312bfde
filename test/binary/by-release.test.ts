import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { byRelease, type ReleaseSource } from '../../src/binary/by-release.ts';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy } from '../../src/binary/obtain.ts';
import { releaseArchives } from '../../src/binary/pinned.ts';
import { runCommand } from '../../src/binary/run.ts';
import { openSandbox, printing, type Sandbox } from './fake-commands.ts';

const release = '/caddyserver/caddy/releases/download/v2.11.4/caddy.tar.gz';

/** A server on loopback that stands for every https site; `https://HOST/…` is asked for as `/…` with the header `x-host`. */
async function pretendSite(listener: RequestListener): Promise<AsyncDisposable & { fetch: ReleaseSource['fetch'] }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      return fetch(`http://127.0.0.1:${port}${url.pathname}`, { ...init, headers: { 'x-host': url.host } });
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The archive of a release whose `caddy` is a script. */
async function archiveOf(box: Sandbox, body: string): Promise<{ bytes: Buffer; sha512: string }> {
  await box.script('release/caddy', body);
  await mkdir(join(box.folder, 'archives'), { recursive: true });
  const to = join(box.folder, 'archives/caddy.tar.gz');
  await runCommand('tar', ['-czf', to, '-C', join(box.folder, 'release'), 'caddy'], {
    env: { PATH: '/usr/bin:/bin' },
    timeoutMs: 20_000,
  });
  const bytes = await readFile(to);
  return { bytes, sha512: createHash('sha512').update(bytes).digest('hex') };
}

/** tar has to be on the PATH here, and nothing that could be a Caddy. */
async function withTar(box: Sandbox): Promise<void> {
  await box.script('tar', 'exec tar "$@"');
}

const file = 'caddy.tar.gz';

test('the archive is downloaded, over redirects too, checked and unpacked', async () => {
  await using box = await openSandbox();
  await withTar(box);
  const { bytes, sha512 } = await archiveOf(box, printing('v2.11.4 h1:a='));
  const asked: string[] = [];
  await using site = await pretendSite((request, response) => {
    asked.push(`${request.headers['x-host'] as string}${request.url}`);
    if (request.url === release) response.writeHead(302, { location: 'https://files.example/blob' }).end();
    else if (request.url === '/blob') response.writeHead(307, { location: '/other' }).end();
    else response.end(bytes);
  });
  const obtained = await obtainCaddy({ ...box, ways: [byRelease({ archive: { file, sha512 }, fetch: site.fetch })] });
  expect(await findCaddy(box)).toEqual(obtained);
  expect(asked).toEqual([`github.com${release}`, 'files.example/blob', 'files.example/other']);
  expect(await readdir(box.cacheFolder)).toEqual(['caddy']);
});

test.each<[string, (bytes: Buffer) => RequestListener, RegExp]>([
  ['another file', () => (_, response) => response.end('not it'), /not the pinned file: its sha512 is [0-9a-f]{16}…/],
  [
    'half of it',
    (bytes) => (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    },
    /the download failed: /,
  ],
  [
    'no such file',
    () => (_, response) => response.writeHead(404).end('gone'),
    /the download failed: the answer is 404/,
  ],
  ['a redirect to nowhere', () => (_, response) => response.writeHead(302).end(), /the answer is 302/],
  [
    'a redirect to http',
    () => (_, response) => response.writeHead(302, { location: 'http://files.example/blob' }).end(),
    /an address that is not https/,
  ],
  [
    'redirects without end',
    () => (request, response) => response.writeHead(302, { location: `${request.url}x` }).end(),
    /more than 5 redirects/,
  ],
  [
    'bytes without end',
    () => (_, response) => {
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(1 << 20), more));
      more();
    },
    /more than 67108864 bytes came/,
  ],
])('a site that gives %s leaves nothing', async (_what, listen, reason) => {
  await using box = await openSandbox();
  await withTar(box);
  const { bytes, sha512 } = await archiveOf(box, printing('v2.11.4 h1:a='));
  await using site = await pretendSite(listen(bytes));
  const obtaining = obtainCaddy({ ...box, ways: [byRelease({ archive: { file, sha512 }, fetch: site.fetch })] });
  await expect(obtaining).rejects.toThrow(reason);
  expect(await readdir(box.cacheFolder)).toEqual([]);
});

test('an abort in the middle of the download leaves nothing', async () => {
  await using box = await openSandbox();
  const stop = new AbortController();
  await using site = await pretendSite((_, response) => {
    response.write('some', () => stop.abort(new Error('interrupted')));
  });
  const archive = { file, sha512: '' };
  const obtaining = obtainCaddy({
    ...box,
    signal: stop.signal,
    ways: [byRelease({ archive, fetch: site.fetch })],
  });
  await expect(obtaining).rejects.toThrow('interrupted');
  expect(await readdir(box.cacheFolder)).toEqual([]);
});

test('every pinned archive has a sha512 and is named for its platform', () => {
  expect(Object.keys(releaseArchives)).toEqual(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);
  for (const [platform, { file, sha512 }] of Object.entries(releaseArchives)) {
    expect(sha512).toMatch(/^[0-9a-f]{128}$/);
    const [os, cpu] = platform.replace('darwin', 'mac').replace('x64', 'amd64').split('-');
    expect(file).toBe(`caddy_2.11.4_${os}_${cpu}.tar.gz`);
  }
});
