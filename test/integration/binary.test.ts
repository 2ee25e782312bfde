import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, type TestContext, test } from 'vitest';
import { byApt } from '../../src/binary/by-apt.ts';
import { debianMirrors } from '../../src/binary/debian-mirrors.ts';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy } from '../../src/binary/obtain.ts';
import { runCommand } from '../../src/binary/run.ts';

let folder: string;
beforeEach(async () => {
  // apt and its helpers get every path of this on their command lines and in a sources list.
  folder = await mkdtemp(join(tmpdir(), "caddyctl it's a cache "));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Skips, saying why, where there is no apt, or where Debian's mirror cannot be reached. */
async function needsApt({ skip }: TestContext): Promise<void> {
  const mirrors = await debianMirrors(process.env).catch(() => []);
  const mirror = mirrors.find((uri) => /^https?:/.test(uri));
  if (mirror === undefined) skip('no apt-get here that knows a Debian mirror');
  const index = `${mirror}dists/forky/InRelease`;
  const answer = await fetch(index, { method: 'HEAD', signal: AbortSignal.timeout(20_000) }).catch(() => undefined);
  if (!answer?.ok) skip('this machine is offline, or its mirror is not one of Debian: no answer for forky');
}

test('the Caddy that the tests use is 2.11 or newer', async () => {
  const env = { ...process.env, CADDY_BIN: inject('caddyPath') };
  const found = await findCaddy({ env, cacheFolder: folder, say: () => undefined, oldest: '2.11.0' });
  expect(found?.foundIn).toBe('CADDY_BIN');
});

test('apt brings a Caddy that runs', { timeout: 300_000 }, async (context) => {
  await needsApt(context);
  const said: string[] = [];
  const obtained = await obtainCaddy({ cacheFolder: folder, say: (line) => said.push(line), ways: [byApt()] });
  expect(obtained.path).toBe(join(folder, 'caddy'));
  expect(await readdir(folder)).toEqual(['caddy']);
  expect(said.at(-1)).toBe(`obtained Caddy ${obtained.version} by apt: ${obtained.path}`);

  const env = { PATH: '/nonexistent' };
  expect(await findCaddy({ env, cacheFolder: folder, say: (line) => said.push(line) })).toEqual(obtained);
  const version = await runCommand(obtained.path, ['version'], { env, timeoutMs: 30_000 });
  expect(version.trim().replace(/^v/, '').split(' ')[0]).toBe(obtained.version);
});

test("apt refuses a Caddy that is not signed with Debian's key", { timeout: 300_000 }, async (context) => {
  await needsApt(context);
  const keyring = join(await mkdtemp(join(tmpdir(), 'caddyctl-keyring-')), 'empty.gpg');
  await writeFile(keyring, '');
  const obtaining = obtainCaddy({ cacheFolder: folder, say: () => undefined, ways: [byApt([keyring])] });
  await expect(obtaining).rejects.toThrow(/forky: `apt-get` ended with 100: E: .*(not signed|signature)/);
  expect(await readdir(folder)).toEqual([]);
  await rm(join(keyring, '..'), { recursive: true });
});
