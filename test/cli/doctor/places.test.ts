import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { disk } from '../../../src/cli/doctor/machine.ts';
import { socketPermissions } from '../../../src/cli/doctor/socket.ts';
import { stateFolder } from '../../../src/cli/doctor/state-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the state folder', () => {
  test('that is not there is none to complain of', async () => {
    expect(await stateFolder(join(folder, 'none'))).toMatchObject({ level: 'ok' });
  });

  test('with all its files is for one user', async () => {
    await mkdir(join(folder, 'default/history'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'default/history/000000000001-abc'), '', { mode: 0o600 });
    expect(await stateFolder(folder)).toMatchObject({ level: 'ok', seen: expect.stringContaining('the 3 things') });
    await chmod(folder, 0o755);
    expect(await stateFolder(folder)).toMatchObject({ level: 'warning', close: `chmod 0700 ${folder}` });
  });

  test.each([
    ['a file', 'default/f', 0o640],
    ['a folder', 'default', 0o701],
  ])('%s that others get at is a problem', async (_, name, mode) => {
    await mkdir(join(folder, 'default'), { mode: 0o700 });
    await writeFile(join(folder, 'default/f'), '', { mode: 0o600 });
    await chmod(join(folder, name), mode);
    expect(await stateFolder(folder)).toMatchObject({
      level: 'problem',
      seen: `1 of the 2 things that are kept are open to other users, ${join(folder, name)} among them`,
      close: `chmod -R go-rwx ${folder}`,
    });
  });

  test("what a link leads to, and what is Caddy's own, is left alone", async () => {
    await mkdir(join(folder, 'local/data'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'local/data/f'), '', { mode: 0o644 });
    await symlink('/etc', join(folder, 'local/link'));
    expect(await stateFolder(folder)).toMatchObject({ level: 'ok' });
  });

  test('that is a file, or a link to a folder, is none', async () => {
    await symlink(tmpdir(), join(folder, 'link'));
    expect(await stateFolder(join(folder, 'link'))).toMatchObject({ level: 'problem' });
  });

  test.skipIf(process.getuid?.() !== 0)('of another user is a problem (as root)', async () => {
    const { chown } = await import('node:fs/promises');
    await chown(folder, 12_345, 12_345);
    expect(await stateFolder(folder)).toMatchObject({ level: 'problem', seen: expect.stringContaining('user 12345') });
  });
});

describe('a socket', () => {
  let server: Server;
  let path: string;
  beforeEach(async () => {
    path = join(folder, 's');
    server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
  });
  afterEach(() => void server.close());

  test.each([
    [0o755, 0o666, 'problem', 'its mode is 0666'],
    [0o755, 0o660, 'ok', 'its owner and group may use the socket: its mode is 0660'],
    [0o755, 0o600, 'ok', 'only its owner may'],
    [0o750, 0o666, 'ok', 'others do not get into its folder'],
    [0o777, 0o600, 'problem', 'everybody may write to'],
    [0o1777, 0o660, 'ok', 'its owner and group'],
  ])('in a folder of mode %o with the mode %o: %s', async (around, mode, level, seen) => {
    await chmod(folder, around);
    await chmod(path, mode);
    expect(await socketPermissions(path)).toMatchObject([{ level, seen: expect.stringContaining(seen) as string }]);
  });

  test('that is not there has none', async () => {
    expect(await socketPermissions(join(folder, 'none'))).toEqual([]);
  });
});

test('there is room where a folder would be made', async () => {
  expect(await disk(join(folder, 'not/yet'))).toMatchObject([{ id: 'disk', seen: expect.stringContaining('MiB') }]);
});
