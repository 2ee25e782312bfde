import { once } from 'node:events';
import { chmod, lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { systemReason } from '../../files/problem.ts';
import { isAnswered } from '../run-lock.ts';
import type { StatusAddress } from './address.ts';

/** Binds it; gives why not, in words, where it cannot be had. */
export async function listenAt(server: Server, address: StatusAddress): Promise<string | undefined> {
  try {
    if (address.kind === 'unix') return await listenAtSocket(server, address);
    server.listen({ host: address.host, port: address.port });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return systemReason(error);
  }
}

async function listenAtSocket(
  server: Server,
  { path, mode }: { path: string; mode: number },
): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined && !found.isSocket()) return 'there is a file of that name';
  if (found !== undefined && (await isAnswered(path))) return 'another program listens there';
  // What nobody listens on was left behind.
  if (found !== undefined) await unlink(path);
  const before = process.umask(0o177);
  try {
    // Binds before it returns: there is no moment in which others could connect.
    server.listen({ path });
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
  await chmod(path, mode);
  return undefined;
}
