import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { byGo } from '../../src/binary/by-go.ts';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy } from '../../src/binary/obtain.ts';
import { leaving, openSandbox, pidIn } from './fake-commands.ts';

const version = '[ "$1" = version ] && exit 0';

test('go installs the pinned version into the cache, with the settings of the user', async () => {
  await using box = await openSandbox();
  const record = 'echo "$@ [$GOFLAGS] [$GOOS$GOARCH] $CGO_ENABLED" > "$SANDBOX/asked"';
  await box.script('go', `${version}\n${record}\n${leaving('$GOBIN/caddy', 'v2.11.4 h1:a=')}`);
  const env = { ...box.env, GOFLAGS: '-mod=mod', GOOS: 'windows', GOARCH: 'arm64' };
  const obtained = await obtainCaddy({ ...box, env, ways: [byGo] });
  expect(await findCaddy(box)).toEqual(obtained);
  const module = 'github.com/caddyserver/caddy/v2';
  expect(await box.read('asked')).toBe(
    `install -ldflags=-X ${module}.CustomVersion=v2.11.4 ${module}/cmd/caddy@v2.11.4 [-mod=mod] [] 0\n`,
  );
  expect(box.said).toEqual([
    'obtaining Caddy 2.11.4 by go install (builds it from source: some minutes) …',
    `obtained Caddy 2.11.4 by go install: ${obtained.path}`,
  ]);
});

test.each([
  ['fails', 'echo half > "$GOBIN/caddy"; echo "go: no network" >&2; exit 1', /`go` ended with 1: go: no network/],
  ['is killed', 'echo half > "$GOBIN/caddy"; kill -9 $$', /`go` was killed/],
  ['leaves nothing', ':', /there is no `.*caddy`/],
])('a go that %s leaves nothing', async (_what, body, reason) => {
  await using box = await openSandbox();
  await box.script('go', `${version}\n${body}`);
  await expect(obtainCaddy({ ...box, ways: [byGo] })).rejects.toThrow(reason);
  expect(await readdir(box.cacheFolder)).toEqual([]);
});

test('an abort stops go and leaves nothing', async () => {
  await using box = await openSandbox();
  await box.script('go', `${version}\necho half > "$GOBIN/caddy"; echo $$ > "$SANDBOX/go"; exec sleep 300`);
  const stop = new AbortController();
  const obtaining = obtainCaddy({ ...box, ways: [byGo], signal: stop.signal });
  const ended = obtaining.catch((error: unknown) => error);
  await expect.poll(() => box.read('go'), { timeout: 10_000 }).toMatch(/\d\n/);
  stop.abort(new Error('interrupted'));
  expect(await ended).toEqual(new Error('interrupted'));
  const go = await pidIn(box, 'go');
  expect(() => process.kill(go, 0)).toThrow('ESRCH');
  expect(await readdir(box.cacheFolder)).toEqual([]);
});
