import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byApt } from './by-apt.ts';
import { byGo } from './by-go.ts';
import { byRelease } from './by-release.ts';
import { type CaddyBinary, cachedCaddy } from './find.ts';
import { type Attempt, CaddyNotObtained } from './not-obtained.ts';
import { probeCaddy } from './probe.ts';
import type { CheckedCaddy, Way } from './way.ts';

export interface ObtainOptions {
  /** Made if it does not exist. */
  readonly cacheFolder: string;
  /** Gets one line for each step. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** The environment of the commands that are run; this process's own by default. */
  readonly env?: NodeJS.ProcessEnv;
  readonly ways?: readonly Way[];
}

/** What caddyctl obtains is the recommended Caddy, not the oldest that it supports. */
export const oldestObtained = '2.11.0';

const workPrefix = '.obtaining-';
/** Longer than all ways with all their time limits: an older work folder was left by a process that was killed. */
const abandonedAfterMs = 2 * 60 * 60_000;

/**
 * Brings a Caddy into the cache folder by the first way that works: apt, Go, the official release. It appears there by one
 * rename, after it was run, so that nobody finds half a file and several processes may do this at once.
 * Throws CaddyNotObtained, or the signal's reason.
 */
export async function obtainCaddy(options: ObtainOptions): Promise<CaddyBinary> {
  const { cacheFolder, say, signal, env = process.env, ways = [byApt(), byGo, byRelease()] } = options;
  try {
    await mkdir(cacheFolder, { recursive: true });
    await removeAbandoned(cacheFolder);
  } catch (error) {
    throw new CaddyNotObtained([{ way: 'the cache folder', reason: reasonOf(error) }]);
  }
  const check = (path: string): Promise<CheckedCaddy> => checked(path, env, signal);
  const attempts: Attempt[] = [];
  for (const way of ways) {
    signal?.throwIfAborted();
    const folder = await mkdtemp(join(cacheFolder, workPrefix));
    try {
      const { path, version } = await way.bring({ folder, env, say, check, signal });
      const settled = cachedCaddy(cacheFolder);
      await chmod(path, 0o755);
      await rename(path, settled);
      say(`obtained Caddy ${version} ${way.name}: ${settled}`);
      return { path: settled, version, foundIn: 'cache' };
    } catch (error) {
      signal?.throwIfAborted();
      const reason = reasonOf(error);
      attempts.push({ way: way.name, reason });
      say(`not ${way.name}: ${reason}`);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
  throw new CaddyNotObtained(attempts);
}

async function checked(path: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<CheckedCaddy> {
  const probed = await probeCaddy(path, { env, oldest: oldestObtained, signal });
  if (probed.kind === 'unusable') throw new Error(probed.reason);
  return { path, version: probed.version };
}

async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith(workPrefix)) continue;
    const folder = join(cacheFolder, name);
    // Another process may remove it at the same moment.
    const found = await stat(folder).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > abandonedAfterMs) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
