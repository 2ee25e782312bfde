import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianSources, unpackPackage } from '../../src/binary/debian-package.ts';
import { runCommand } from '../../src/binary/run.ts';

const installed = '/usr/sbin/nginx';
const cached = join(import.meta.dirname, '../../.cache/nginx/nginx');

/** An nginx that runs here: the installed one, or the package of this machine's own Debian. Undefined where there is neither. */
export async function obtainNginx(say: (line: string) => void): Promise<string | undefined> {
  for (const path of [installed, cached]) if (await runs(path)) return path;
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  try {
    const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
    const [, suite] = /^VERSION_CODENAME=(\w+)$/m.exec(release) ?? [];
    if (suite === undefined) throw new Error('this is no Debian');
    say(`obtaining nginx by apt: Debian's package from ${suite}, signature checked …`);
    const context = { folder, env: process.env };
    const keyrings = ['gpg', 'pgp'].map((kind) => `/usr/share/keyrings/debian-archive-keyring.${kind}`);
    const [source] = await debianSources(context, keyrings);
    if (source === undefined) throw new Error('no mirror');
    const unpacked = await unpackPackage(context, { ...source, suite }, 'nginx');
    await mkdir(join(cached, '..'), { recursive: true });
    await cp(join(unpacked, 'usr/sbin/nginx'), cached);
    if (!(await runs(cached))) throw new Error('what came does not run');
    return cached;
  } catch (error) {
    say(`nginx is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runs(path: string): Promise<boolean> {
  return await runCommand(path, ['-v'], { env: process.env, timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
}
