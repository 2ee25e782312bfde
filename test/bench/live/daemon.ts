import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCaddy } from '../../support/caddy.ts';
import { freePort } from '../../support/client/ports.ts';
import { bundleIn } from '../bundle.ts';
import { memoryOf } from '../contenders.ts';
import { policiesOf } from '../sites.ts';
import { liveSite, type Way, type WayParts } from './way.ts';

/** `caddyctl watch`, as it is published, beside a Caddy. */
export async function daemon({ caddyPath, sites, files }: WayParts, name: string, flags: string[]): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const bin = await bundleIn(join(folder, 'dist'));
  const policies = join(folder, 'policies');
  await mkdir(policies);
  const texts = policiesOf(sites, files, 'off');
  await Promise.all(texts.map(({ path, text }) => writeFile(join(folder, path), text)));
  const save = async (body: string): Promise<void> => {
    // As editors save: whole, under the name at once.
    await writeFile(join(folder, 'saved'), liveSite(body).policies);
    await rename(join(folder, 'saved'), join(policies, 'live.yaml'));
  };
  await save('first');
  const port = await freePort();
  const caddy = await startCaddy({ caddyPath });
  const args = ['watch', policies, '--admin', caddy.address, '--http-port', `${port}`, '--interval', '1h', ...flags];
  const env = { PATH: process.env['PATH'], HOME: folder, CADDYCTL_STATUS: 'off', CADDYCTL_BAKE: '1s' };
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'ignore', 'ignore'] });
  const ended = once(child, 'exit');
  return {
    name,
    port,
    change: save,
    memory: () => memoryOf(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await caddy.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
