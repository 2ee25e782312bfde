import { join } from 'node:path';
import { download } from './download.ts';
import { pinnedVersion, type ReleaseArchive, releaseArchives } from './pinned.ts';
import { runCommand } from './run.ts';
import type { Way } from './way.ts';

const releases = 'https://github.com/caddyserver/caddy/releases/download';
/** The archives are of some 17 MB. */
const mostBytes = 64 * 1024 * 1024;

export interface ReleaseSource {
  /** The archive for this machine, or undefined if none is pinned for it. */
  readonly archive: ReleaseArchive | undefined;
  readonly fetch: typeof globalThis.fetch;
}

/** Downloads the official release's archive and takes it only if it has the pinned checksum. */
export function byRelease(source: ReleaseSource = thisMachine()): Way {
  return {
    name: 'by the official release',
    async bring({ folder, env, say, check, signal }) {
      const { archive, fetch } = source;
      if (archive === undefined) throw new Error(`none is pinned for ${process.platform} on ${process.arch}`);
      say(`obtaining Caddy ${pinnedVersion} by the official release (checksum pinned) …`);
      const url = `${releases}/v${pinnedVersion}/${archive.file}`;
      const to = join(folder, archive.file);
      await download({ url, to, sha512: archive.sha512, mostBytes, timeoutMs: 10 * 60_000, signal, fetch });
      await runCommand('tar', ['-xzf', to, '-C', folder, 'caddy'], { env, signal, timeoutMs: 120_000 });
      return check(join(folder, 'caddy'));
    },
  };
}

function thisMachine(): ReleaseSource {
  return { archive: releaseArchives[`${process.platform}-${process.arch}`], fetch: globalThis.fetch };
}
