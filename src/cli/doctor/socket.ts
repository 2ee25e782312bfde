import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Finding, ok, problem } from './finding.ts';

interface Entry {
  readonly path: string;
  readonly mode: number;
}

/** Who on this machine may use the socket, by its mode and those of the folders on the way. Nothing where it cannot be seen. */
export async function socketPermissions(path: string): Promise<Finding[]> {
  try {
    const socket = await entry(path);
    const folders: Entry[] = [];
    for (let at = dirname(path); ; at = dirname(at)) {
      folders.push(await entry(at));
      if (at === dirname(at)) break;
    }
    return [judged(socket, folders)];
  } catch {
    return [];
  }
}

async function entry(path: string): Promise<Entry> {
  const { mode } = await lstat(path);
  return { path, mode };
}

/** `folders` from the nearest to the root. */
function judged(socket: Entry, folders: readonly Entry[]): Finding {
  // In a folder with the sticky bit, as /tmp, one may not replace what others own.
  const open = folders.find(({ mode }) => (mode & 0o002) !== 0 && (mode & 0o1000) === 0);
  if (open !== undefined) {
    const why = 'every user of this machine can put a socket of their own in its place, and read what caddyctl sends';
    return problem(ID, `everybody may write to ${open.path}, on the way to the socket`, why, `chmod o-w ${open.path}`);
  }
  const isReached = folders.every(({ mode }) => (mode & 0o001) !== 0);
  const octal = `0${(socket.mode & 0o777).toString(8)}`;
  if (isReached && (socket.mode & 0o002) !== 0) {
    const why = 'every user of this machine can have Caddy serve anything';
    const close = `chmod o-rwx ${socket.path}, and write |0660 behind the address that Caddy listens on, or it is as before when Caddy restarts`;
    return problem(ID, `everybody may use the socket: its mode is ${octal}`, why, close);
  }
  const whose = (socket.mode & 0o020) === 0 ? 'its owner' : 'its owner and group';
  return ok(
    ID,
    `only ${whose} may use the socket${isReached ? `: its mode is ${octal}` : ': others do not get into its folder'}`,
  );
}

const ID = 'admin-socket';
