import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { byApt } from '../../src/binary/by-apt.ts';
import { byGo } from '../../src/binary/by-go.ts';
import { byRelease } from '../../src/binary/by-release.ts';
import { findCaddy } from '../../src/binary/find.ts';
import { CaddyNotObtained } from '../../src/binary/not-obtained.ts';
import { obtainCaddy } from '../../src/binary/obtain.ts';
import type { Way } from '../../src/binary/way.ts';
import { openSandbox, pidIn, printing, type Sandbox } from './fake-commands.ts';

/** A way that leaves a script with this body. */
function bringing(box: Sandbox, name: string, body: string): Way {
  return {
    name,
    async bring({ folder, check }) {
      await mkdir(join(folder, 'deep'));
      return check(await box.script(join(folder.slice(box.folder.length + 1), 'deep/caddy'), body));
    },
  };
}

const failing: Way = { name: 'by luck', bring: () => Promise.reject(new Error('no luck')) };

test('the first way that works leaves one executable in the cache, where it is found afterwards', async () => {
  await using box = await openSandbox();
  const way = bringing(box, 'by hand', printing('v2.11.4 h1:a='));
  const path = join(box.cacheFolder, 'caddy');
  const obtained = await obtainCaddy({ ...box, ways: [failing, way, failing] });
  expect(obtained).toEqual({ path, version: '2.11.4', foundIn: 'cache' });
  expect(await findCaddy(box)).toEqual(obtained);
  expect(box.said).toEqual(['not by luck: no luck', `obtained Caddy 2.11.4 by hand: ${path}`]);
  expect(await readdir(box.cacheFolder)).toEqual(['caddy']);
});

test('if no way works, one error says why each did not, and what to do', async () => {
  await using box = await openSandbox();
  const ways = [
    failing,
    bringing(box, 'by mistake', 'echo Hello'),
    bringing(box, 'by habit', printing('v2.10.2')),
    bringing(box, 'by force', 'kill -9 $$'),
  ];
  const error = await obtainCaddy({ ...box, ways }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(CaddyNotObtained);
  expect(error).toMatchObject({
    attempts: [
      { way: 'by luck', reason: 'no luck' },
      { way: 'by mistake', reason: '`caddy version` printed no version: "Hello"' },
      { way: 'by habit', reason: 'version 2.10.2 is older than 2.11.0' },
      { way: 'by force', reason: expect.stringMatching(/was killed$/) as string },
    ],
    message: expect.stringMatching(/by luck: no luck\n[^]*Install Caddy 2\.11 or newer[^]*CADDY_BIN/) as string,
  });
  expect(await readdir(box.cacheFolder)).toEqual([]);
});

test('an unusable file in the cache is passed over, then replaced', async () => {
  await using box = await openSandbox();
  await mkdir(box.cacheFolder);
  await writeFile(join(box.cacheFolder, 'caddy'), '', { mode: 0o755 });
  expect(await findCaddy(box)).toBeUndefined();
  const { path } = await obtainCaddy({ ...box, ways: [bringing(box, 'by hand', printing('v2.11.4'))] });
  expect((await findCaddy(box))?.path).toBe(path);
});

test('two at once both get a Caddy, and leave one', async () => {
  await using box = await openSandbox();
  const both = Promise.withResolvers<void>();
  let arrived = 0;
  const way: Way = {
    name: 'together',
    async bring(context) {
      const brought = await bringing(box, 'by hand', printing('v2.11.4')).bring(context);
      arrived += 1;
      if (arrived === 2) both.resolve();
      await both.promise;
      return brought;
    },
  };
  const [one, two] = await Promise.all([obtainCaddy({ ...box, ways: [way] }), obtainCaddy({ ...box, ways: [way] })]);
  expect(one).toEqual(two);
  expect(await findCaddy(box)).toEqual(one);
  expect(await readdir(box.cacheFolder)).toEqual(['caddy']);
});

test('an abort stops at once, tries no other way and leaves nothing', async () => {
  await using box = await openSandbox();
  const stop = new AbortController();
  const hanging: Way = {
    name: 'by waiting',
    async bring({ folder, signal }) {
      await writeFile(join(folder, 'half'), 'a Caddy');
      stop.abort(new Error('interrupted'));
      signal?.throwIfAborted();
      throw new Error('the signal did not arrive');
    },
  };
  const ways = [hanging, bringing(box, 'by hand', printing('v2.11.4'))];
  await expect(obtainCaddy({ ...box, ways, signal: stop.signal })).rejects.toThrow('interrupted');
  expect(await readdir(box.cacheFolder)).toEqual([]);
  expect(box.said).toEqual([]);
});

test('a process killed half way leaves nothing that is taken for a Caddy, and the next one cleans up after a while', async () => {
  await using box = await openSandbox();
  const half = 'echo half > "$GOBIN/caddy"; chmod 755 "$GOBIN/caddy"; echo $$ > "$SANDBOX/go"; exec sleep 300';
  await box.script('go', `[ "$1" = version ] && exit 0\n${half}`);
  const program = `
    const { obtainCaddy } = await import(${JSON.stringify(new URL('../../src/binary/obtain.ts', import.meta.url).href)});
    await obtainCaddy({ cacheFolder: ${JSON.stringify(box.cacheFolder)}, say() {} });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: box.env, stdio: 'ignore' });
  await expect.poll(() => box.read('go'), { timeout: 20_000 }).toMatch(/\d\n/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  process.kill(await pidIn(box, 'go'), 'SIGKILL');

  const [left, ...others] = await readdir(box.cacheFolder);
  expect(others).toEqual([]);
  expect(left).toMatch(/^\.obtaining-/);
  expect(await findCaddy(box)).toBeUndefined();

  const ways = [bringing(box, 'by hand', printing('v2.11.4'))];
  await obtainCaddy({ ...box, ways });
  expect(await readdir(box.cacheFolder)).toContain(left);
  const longAgo = Date.now() / 1000 - 3 * 60 * 60;
  await utimes(join(box.cacheFolder, left ?? ''), longAgo, longAgo);
  await obtainCaddy({ ...box, ways });
  expect(await readdir(box.cacheFolder)).toEqual(['caddy']);
});

test('a cache folder that cannot be made is said', async () => {
  await using box = await openSandbox();
  await writeFile(join(box.folder, 'file'), '');
  const obtaining = obtainCaddy({ ...box, cacheFolder: join(box.folder, 'file/cache'), ways: [] });
  await expect(obtaining).rejects.toThrow(/the cache folder: ENOTDIR/);
});

test('with no command on the PATH and no release for it, each way says so', async () => {
  await using box = await openSandbox();
  const ways = [byApt(), byGo, byRelease({ archive: undefined, fetch })];
  await expect(obtainCaddy({ ...box, ways })).rejects.toBeInstanceOf(CaddyNotObtained);
  expect(box.said).toEqual([
    'not by apt: there is no `apt-get`',
    'not by go install: there is no `go`',
    `not by the official release: none is pinned for ${process.platform} on ${process.arch}`,
  ]);
});
