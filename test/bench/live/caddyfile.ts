import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../support/client/ports.ts';
import { caddyfileOf } from '../sites.ts';
import { liveSite, type Way, type WayParts } from './way.ts';

/** A Caddy with a Caddyfile of the same sites: it looks at it by itself, or is told by `caddy reload`. */
export async function caddyfile({ caddyPath, sites }: WayParts, told: 'reload' | 'watch'): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const [path, port] = [join(folder, 'Caddyfile'), await freePort()];
  const admin = `unix/${join(folder, 's')}`;
  const rest = caddyfileOf(sites, port);
  const write = (body: string): Promise<void> =>
    writeFile(path, `{\n\tadmin ${admin}\n}\n${rest}${liveSite(body).caddyfile(port)}`);
  await write('first');
  const env = { PATH: process.env['PATH'], HOME: folder };
  const config = ['--config', path, '--adapter', 'caddyfile'];
  const watch = told === 'watch' ? ['--watch'] : [];
  const child = spawn(caddyPath, ['run', ...config, ...watch], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  return {
    name: told === 'watch' ? 'caddy run --watch' : 'caddy reload',
    port,
    async change(body) {
      await write(body);
      if (told === 'reload') await promisify(execFile)(caddyPath, ['reload', ...config, '--address', admin], { env });
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
