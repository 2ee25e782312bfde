import { createHash } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { FolderUnusable, privateFolder } from '../files/private-folder.ts';

/** Where one kind of `caddyctl up` keeps what must outlive it, and the sockets of the one that runs. */
export interface RunFolder {
  readonly path: string;
  /** Caddy's admin API. */
  readonly adminSocket: string;
  /** Held open by the caddyctl that owns the folder. */
  readonly lockSocket: string;
  /** What runs, for the next start and for other commands. */
  readonly record: string;
  /** XDG_DATA_HOME of a local Caddy: its CA and certificates survive a restart, so a root that was trusted once stays. */
  readonly data: string;
  /** Secrets that were made up for the run. */
  readonly secrets: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder that systemd made for the service (`StateDirectory=`), or `$XDG_STATE_HOME/caddyctl`; the XDG specification says
 * to ignore a relative one.
 */
export function defaultStateFolder(env: Environment): string {
  // A unit may have several, with colons between them.
  const [service = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (isAbsolute(service)) return service;
  const given = env['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(home(), '.local', 'state'), 'caddyctl');
}

function home(): string {
  try {
    return homedir();
  } catch {
    // In a container the user may be a number that nobody has a home for.
    return tmpdir();
  }
}

/** `kind` keeps a laptop's Caddy and one in earnest apart. Makes nothing. */
export function runFolder(stateFolder: string, kind: 'local' | 'up'): RunFolder {
  const path = join(stateFolder, kind);
  const sockets = socketFolder(path);
  return {
    path,
    adminSocket: join(sockets, 'admin.sock'),
    lockSocket: join(sockets, 'lock.sock'),
    record: join(path, 'running.json'),
    data: join(path, 'data'),
    secrets: join(path, 'secrets'),
  };
}

/** Makes the folders, private to this user. Throws FolderUnusable. */
export async function makeRunFolder(folder: RunFolder): Promise<void> {
  await privateFolder(folder.path);
  const sockets = join(folder.adminSocket, '..');
  if (sockets !== folder.path) await privateFolder(sockets);
  if (Buffer.byteLength(folder.adminSocket) > longestSocketPath) {
    throw new FolderUnusable(`${folder.adminSocket} is too long a path for a socket; choose another TMPDIR`);
  }
}

/** Linux has room for 107 bytes, macOS for 103; longer ones are cut off in silence by some. */
const longestSocketPath = 100;

/** Beside the rest, or, where that is too deep for a socket's path, in a folder that the next start finds again. */
function socketFolder(path: string): string {
  if (Buffer.byteLength(join(path, 'admin.sock')) <= longestSocketPath) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 12);
  return join(tmpdir(), `caddyctl-${process.getuid?.() ?? 'user'}-${name}`);
}
