import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  test('serves what is saved, by the admin socket alone, as a user without rights and on a root that cannot be written', async () => {
    const port = await freePort();
    // As compose.yaml's tmpfs: of root, and of caddyctl's group.
    const admin = await volume(folder, 'run', [0, group]);
    const watched = await volume(folder, 'policies', [0, group]);
    const state = await volume(folder, 'state', [group, group]);
    // As compose.yaml's `user`: root, in caddyctl's group.
    const caddyAsMember = join(folder, 'caddy');
    const asMember = `exec setpriv --regid ${group} --clear-groups '${inject('caddyPath')}' "$@"\n`;
    await writeFile(caddyAsMember, `#!/bin/sh\n${asMember}`, { mode: 0o755 });
    const socketPath = join(admin, 'admin.sock');
    const env = { CADDY_ADMIN: `unix/${socketPath}|0660` };
    const site = (body: string): string =>
      `sites:\n  a.example.com: { listen: '127.0.0.1:${port}', tls: off, respond: ${body} }\n`;
    const serves = (body: string): Promise<true> =>
      until(async () => {
        const answer = await http1({ host: 'a.example.com', port }).catch(() => undefined);
        return answer?.body === body ? true : undefined;
      });

    const caddy = await startCaddy({ caddyPath: caddyAsMember, endpoint: { socketPath }, env });
    const binds = { '/run/caddy': admin, '/policies': watched, '/var/lib/caddyctl': state };
    await writeFile(join(watched, 'site.yaml'), site('one'));
    const run = image.run([...image.config.Entrypoint, ...image.config.Cmd], { binds });
    try {
      const socket = await stat(socketPath);
      expect([socket.uid, socket.gid, (socket.mode & 0o777).toString(8)]).toEqual([0, group, '660']);
      await serves('one');
      await writeFile(join(watched, 'site.yaml'), site('two'));
      await serves('two');
      const history = await readdir(join(state, 'default/history'));
      expect(history.length).toBeGreaterThan(0);
      run.kill('SIGTERM');
      expect(await run.ended).toBe(143);
      expect(run.said()).not.toMatch(/EROFS|EACCES|EPERM|degraded/);
    } catch (error) {
      throw new Error(`${run.said()}\n${caddy.logs()}`, { cause: error });
    } finally {
      run.kill('SIGKILL');
      await run.ended;
      await caddy.stop();
    }
    // Nothing was left in the image.
    expect(await readFile(join(image.files, 'app/package.json'), 'utf8')).toContain('"caddyctl"');
  });

  test('a user that is not in the group is kept from the admin socket', async () => {
    const admin = await volume(folder, 'others', [0, 0]);
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
