import { realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { type Probed, probeCaddy } from './probe.ts';

export interface CaddyBinary {
  readonly path: string;
  /** Without a `v`: `2.11.4`. */
  readonly version: string;
  readonly foundIn: 'CADDY_BIN' | 'PATH' | 'cache';
}

export interface FindOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheFolder: string;
  /** Gets one line for each executable that was passed over, with the reason. */
  readonly say: (line: string) => void;
  /** Versions before this one are passed over. */
  readonly oldest?: string;
}

/** 2.6 serves configs that it rejected, 2.7 sends its etag as a trailer: pushing safely begins with 2.8. */
const oldestSupported = '2.8.0';

/** CADDY_BIN is set, and what it names cannot be used. Another Caddy is not taken instead: the operator chose this one. */
export class CaddyBinUnusable extends Error {
  override readonly name = 'CaddyBinUnusable';
  constructor(path: string, reason: string) {
    super(`CADDY_BIN is ${path}, which cannot be used: ${reason}. Correct it, or unset it to have a Caddy looked for.`);
  }
}

/** Where an obtained Caddy lies in its cache folder. */
export function cachedCaddy(cacheFolder: string): string {
  return join(cacheFolder, 'caddy');
}

/**
 * The Caddy to use: CADDY_BIN, else the first on the PATH, else the one in the cache folder; undefined if there is none.
 * Throws CaddyBinUnusable.
 */
export async function findCaddy(options: FindOptions): Promise<CaddyBinary | undefined> {
  const { env, cacheFolder, say, oldest = oldestSupported } = options;
  const named = env['CADDY_BIN'];
  if (named !== undefined && named !== '') {
    const path = resolve(named);
    const probed = await probeCaddy(path, { env, oldest });
    if (probed.kind === 'unusable') throw new CaddyBinUnusable(path, probed.reason);
    return { path, version: probed.version, foundIn: 'CADDY_BIN' };
  }
  const places = [
    ...(await onThePath(env['PATH'] ?? '')).map((path) => ({ path, foundIn: 'PATH' as const })),
    ...(await existing(cachedCaddy(cacheFolder))).map((path) => ({ path, foundIn: 'cache' as const })),
  ];
  for (const { path, foundIn } of places) {
    const probed: Probed = await probeCaddy(path, { env, oldest });
    if (probed.kind === 'usable') return { path, version: probed.version, foundIn };
    say(`passed over ${path}: ${probed.reason}`);
  }
  return undefined;
}

/** Each file `caddy` once, in the PATH's order. Relative folders are left out: what they hold depends on where we are started. */
async function onThePath(path: string): Promise<readonly string[]> {
  const byTarget = new Map<string, string>();
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    for (const file of await existing(join(folder, 'caddy'))) {
      const target = await realpath(file);
      if (!byTarget.has(target)) byTarget.set(target, file);
    }
  }
  return [...byTarget.values()];
}

async function existing(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? [path] : [];
}
