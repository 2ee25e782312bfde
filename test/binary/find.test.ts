import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CaddyBinUnusable, findCaddy } from '../../src/binary/find.ts';
import { openSandbox, printing } from './fake-commands.ts';

test('nothing anywhere', async () => {
  await using box = await openSandbox();
  expect(await findCaddy(box)).toBeUndefined();
  expect(box.said).toEqual([]);
});

test('CADDY_BIN comes before the PATH, the PATH before the cache', async () => {
  await using box = await openSandbox();
  const cached = await box.script('cache/caddy', printing('v2.11.1 h1:a='));
  expect(await findCaddy(box)).toEqual({ path: cached, version: '2.11.1', foundIn: 'cache' });
  const onPath = await box.script('caddy', printing('2.11.2'));
  expect(await findCaddy(box)).toEqual({ path: onPath, version: '2.11.2', foundIn: 'PATH' });
  const named = await box.script('elsewhere/my-caddy', printing('v2.11.3'));
  const env = { ...box.env, CADDY_BIN: named };
  expect(await findCaddy({ ...box, env })).toEqual({ path: named, version: '2.11.3', foundIn: 'CADDY_BIN' });
  expect(box.said).toEqual([]);
});

test('an empty CADDY_BIN is an unset one', async () => {
  await using box = await openSandbox();
  const path = await box.script('caddy', printing('v2.11.4'));
  expect((await findCaddy({ ...box, env: { ...box.env, CADDY_BIN: '' } }))?.path).toBe(path);
});

test.each([
  ['is not there', undefined, /there is no/],
  ['prints nonsense', 'echo Hello; echo v2.11.4', /printed no version: "Hello"/],
  ['prints nothing', ':', /printed no version: ""/],
  ['is too old', printing('v2.7.6 h1:a='), /version 2\.7\.6 is older than 2\.8\.0/],
  ['fails', 'echo "no luck" >&2; exit 3', /ended with 3: no luck/],
  ['is killed', 'kill -9 $$', /was killed/],
])('a CADDY_BIN that %s is an error, even with another Caddy on the PATH', async (_what, body, reason) => {
  await using box = await openSandbox();
  await box.script('caddy', printing('v2.11.4'));
  const named = body === undefined ? join(box.folder, 'missing') : await box.script('elsewhere/caddy', body);
  const finding = findCaddy({ ...box, env: { ...box.env, CADDY_BIN: named } });
  await expect(finding).rejects.toThrow(CaddyBinUnusable);
  await expect(finding).rejects.toThrow(reason);
  await expect(finding).rejects.toThrow(`CADDY_BIN is ${named}`);
});

test('a CADDY_BIN that is not executable, or a folder, is an error', async () => {
  await using box = await openSandbox();
  const named = await box.script('elsewhere/caddy', printing('v2.11.4'));
  await chmod(named, 0o644);
  for (const path of [named, box.folder]) {
    const finding = findCaddy({ ...box, env: { ...box.env, CADDY_BIN: path } });
    await expect(finding).rejects.toThrow(/is not executable/);
  }
});

test('on the PATH, what cannot be used is passed over with the reason, each file once', async () => {
  await using box = await openSandbox();
  const old = await box.script('old/caddy', printing('2.6.2'));
  const unknown = await box.script('unknown/caddy', printing('(devel)'));
  const text = join(box.folder, 'text/caddy');
  await mkdir(join(box.folder, 'text'));
  await writeFile(text, 'v2.11.4\n', { mode: 0o644 });
  const good = await box.script('good/caddy', printing('v2.8.4 h1:a='));
  await mkdir(join(box.folder, 'again'));
  await symlink(old, join(box.folder, 'again/caddy'));
  const PATH = ['old', 'again', 'missing', 'unknown', 'text', 'good'].map((name) => join(box.folder, name)).join(':');

  const found = await findCaddy({ ...box, env: { PATH } });

  expect(found).toEqual({ path: good, version: '2.8.4', foundIn: 'PATH' });
  expect(box.said).toEqual([
    `passed over ${old}: version 2.6.2 is older than 2.8.0`,
    `passed over ${unknown}: \`caddy version\` printed no version: "(devel)"`,
    `passed over ${text}: \`${text}\` is not executable`,
  ]);
});

test('a Caddy that does not know its version is asked how it was built', async () => {
  await using box = await openSandbox();
  const info = `printf 'mod\\tgithub.com/caddyserver/caddy/v2\\tv2.11.4\\th1:a=\\n'`;
  const path = await box.script('caddy', `[ "$1" = build-info ] && ${info} || echo unknown`);
  expect(await findCaddy(box)).toEqual({ path, version: '2.11.4', foundIn: 'PATH' });
});

test('a caller can ask for a newer one than the oldest supported', async () => {
  await using box = await openSandbox();
  const path = await box.script('caddy', printing('v2.10.2'));
  expect(await findCaddy({ ...box, oldest: '2.11.0' })).toBeUndefined();
  expect(box.said).toEqual([`passed over ${path}: version 2.10.2 is older than 2.11.0`]);
});

test('relative folders on the PATH are not searched', async () => {
  await using box = await openSandbox();
  const path = await box.script('bin/caddy', printing('v2.11.4'));
  const relative = join(
    '..',
    ...process
      .cwd()
      .split('/')
      .map(() => '..'),
    box.folder,
    'bin',
  );
  expect(await findCaddy({ ...box, env: { PATH: `${relative}::.` } })).toBeUndefined();
  expect((await findCaddy({ ...box, env: { PATH: `${relative}:${join(box.folder, 'bin')}` } }))?.path).toBe(path);
});
