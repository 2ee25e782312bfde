import { access, chmod, copyFile, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startCaddy } from '../support/caddy.ts';
import { http1 } from '../support/client/http1.ts';
import { freePort } from '../support/client/ports.ts';
import { buildImage, type Image, volume, whyNoImage } from '../support/image.ts';
import { until } from '../support/until.ts';

const policies = join(import.meta.dirname, '../../policies');
const why = whyNoImage();

/** The group that the image's user is in. */
const group = 65_532;

describe.skipIf(why !== undefined)(`the image${why === undefined ? '' : ` (not built here: ${why})`}`, () => {
  let image: Image;
  let folder: string;
  beforeAll(async () => {
    image = await buildImage();
    folder = await mkdtemp(join(tmpdir(), 'img-'));
  }, 300_000);
  afterAll(async () => {
    await image?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('is what its file says', async () => {
    const { User, Entrypoint, Cmd, StopSignal, Labels } = image.config;
    expect({ User, Entrypoint, Cmd, StopSignal }).toEqual({
      User: '65532:65532',
      Entrypoint: ['node', '/app/src/main.ts'],
      Cmd: ['watch', '/policies'],
      StopSignal: 'SIGTERM',
    });
    expect(Labels['org.opencontainers.image.title']).toBe('caddyctl');
    const state = await stat(join(image.files, 'var/lib/caddyctl'));
    expect([state.uid, state.gid]).toEqual([group, group]);
  });

  test('has neither a shell nor npm, its settings, where packages came from, or what only tests need', async () => {
    for (const path of [
      'bin/sh',
      'usr/bin/env',
      'usr/local/bin/npm',
      'root/.npmrc',
      'app/node_modules/.package-lock.json',
    ]) {
      await expect(access(join(image.files, path)), path).rejects.toThrow('ENOENT');
    }
    const packages = await readdir(join(image.files, 'app/node_modules'));
    expect(packages).toContain('got');
    expect(packages.filter((name) => /^(vitest|typescript|node|nock|fast-check)$/.test(name))).toEqual([]);
    expect((await readdir(join(image.files, 'app'))).toSorted()).toEqual(['node_modules', 'package.json', 'src']);
  });

  test('cannot be written to, but for /tmp', async () => {
    const write = (path: string): string =>
      `try { fs.writeFileSync('${path}', '') } catch ({ code }) { console.log(code) }`;
    const run = image.run(['node', '-e', ['/x', '/app/x', '/tmp/x'].map(write).join(';')]);
    expect([await run.ended, run.said()]).toEqual([0, 'EROFS\nEROFS\n']);
  });

  test('runs: version, and validate on each policy that is shipped', async () => {
    const run = image.run([...image.config.Entrypoint, 'version']);
    expect(await run.ended).toBe(0);
    expect(run.said()).toMatch(/^caddyctl \d/);
    const all = image.run([...image.config.Entrypoint, 'validate', '/policies'], { binds: { '/policies': policies } });
    expect([await all.ended, all.said()]).toEqual([0, expect.stringContaining('valid: 6 files')]);
  });

  // As compose.yaml has them, and as the kubelet makes them: writable for the pod's group.
  const ways = [
    {
      file: 'compose.yaml',
      caddy: 0,
      admin: { owner: [0, group], mode: 0o750 },
      state: { owner: [group, group], mode: 0o755 },
      save: (to: string, text: string) => writeFile(join(to, 'site.yaml'), text),
    },
    {
      file: 'kubernetes.yaml',
      caddy: 65_533,
      admin: { owner: [0, group], mode: 0o2777 },
      state: { owner: [0, group], mode: 0o2777 },
      save: swapConfigMap,
    },
  ] as const;

  test.each(ways)('serves what is saved, with the rights of $file alone', async ({ file, caddy: uid, ...way }) => {
    const [port, statusPort] = [await freePort(), await freePort()];
    const own = join(folder, file);
    const admin = await volume(join(own, 'run'), way.admin);
    const state = await volume(join(own, 'state'), way.state);
    const watched = await volume(join(own, 'policies'), { owner: [0, 0], mode: 0o755 });
    const data = await volume(join(own, 'data'), { owner: [uid, group], mode: 0o750 });
    await chmod(folder, 0o755);
    const socketPath = join(admin, 'admin.sock');
    const env = { CADDY_ADMIN: `unix/${socketPath}|0660`, XDG_DATA_HOME: data, XDG_CONFIG_HOME: data, HOME: data };
    const site = (body: string): string =>
      `sites:\n  a.example.com: { listen: '127.0.0.1:${port}', tls: off, respond: ${body} }\n`;
    const serves = (body: string): Promise<true> =>
      until(async () => {
        const answer = await http1({ host: 'a.example.com', port }).catch(() => undefined);
        return answer?.body === body ? true : undefined;
      });

    const caddyPath = await withFewRights(inject('caddyPath'), own, uid);
    const caddy = await startCaddy({ caddyPath, endpoint: { socketPath }, env });
    const options = {
      binds: { '/run/caddy': admin, '/policies': watched, '/var/lib/caddyctl': state },
      env: { CADDYCTL_STATUS: `127.0.0.1:${statusPort}` },
    };
    const check = (): Promise<number | NodeJS.Signals> =>
      image.run(image.config.Healthcheck?.Test.slice(1) ?? [], options).ended;
    expect(await check()).toBe(4);
    await way.save(watched, site('one'));
    const run = image.run([...image.config.Entrypoint, ...image.config.Cmd], options);
    try {
      const socket = await stat(socketPath);
      expect([socket.uid, socket.gid, (socket.mode & 0o777).toString(8)]).toEqual([uid, group, '660']);
      await serves('one');
      await until(async () => ((await check()) === 0 ? true : undefined));
      await way.save(watched, site('two'));
      await serves('two');
      run.kill('SIGTERM');
      expect(await run.ended).toBe(143);
      expect((await readdir(join(state, 'default/history'))).length).toBeGreaterThan(0);
      expect(run.said()).not.toMatch(/EROFS|EACCES|EPERM|degraded/);
    } catch (error) {
      throw new Error(`${run.said()}\n${caddy.logs()}`, { cause: error });
    } finally {
      run.kill('SIGKILL');
      await run.ended;
      await caddy.stop();
    }
  });

  test('a user that is not in the group is kept from the admin socket', async () => {
    const admin = await volume(join(folder, 'others'), { owner: [0, 0], mode: 0o750 });
    const caddy = await startCaddy({
      caddyPath: inject('caddyPath'),
      endpoint: { socketPath: join(admin, 'admin.sock') },
      env: { CADDY_ADMIN: `unix/${join(admin, 'admin.sock')}|0660` },
    });
    try {
      const binds = { '/run/caddy': admin, '/policies': policies };
      const run = image.run([...image.config.Entrypoint, 'apply', '/policies/welcome.yaml'], { binds });
      expect(await run.ended).toBe(4);
      expect(run.said()).toContain('this user may not open it');
    } finally {
      await caddy.stop();
    }
  });
});

/** A Caddy that runs as this user of caddyctl's group, with the one capability that the files leave to it. */
async function withFewRights(caddyPath: string, inFolder: string, uid: number): Promise<string> {
  const [program, wrapper] = [join(inFolder, 'caddy'), join(inFolder, 'caddy.sh')];
  // Where it is, that user may not be able to come.
  await copyFile(caddyPath, program);
  const rights = `--reuid ${uid} --regid ${group} --clear-groups --bounding-set=-all,+net_bind_service --no-new-privs`;
  await writeFile(wrapper, `#!/bin/sh\ncd / && exec setpriv ${rights} '${program}' "$@"\n`, { mode: 0o755 });
  return wrapper;
}

/** As the kubelet changes a mounted ConfigMap: the whole of it at once, behind a link. */
async function swapConfigMap(to: string, text: string): Promise<void> {
  const version = await mkdtemp(join(to, '..2026_'));
  await chmod(version, 0o755);
  await writeFile(join(version, 'site.yaml'), text);
  await symlink(basename(version), join(to, '..data_tmp'));
  await rename(join(to, '..data_tmp'), join(to, '..data'));
  await symlink('..data/site.yaml', join(to, 'site.yaml')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
