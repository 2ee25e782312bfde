import { once } from 'node:events';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';

export interface RunLock {
  release(): Promise<void>;
}

/**
 * Takes the lock at this path, or undefined when another process has it. The lock is a listening socket and not a file
 * with a number, because the system closes it with its process, however that ends, and numbers are used again.
 */
export async function takeRunLock(path: string): Promise<RunLock | undefined> {
  for (let tries = 1; ; tries++) {
    const server = createServer((socket) => socket.destroy());
    if (await listens(server, path)) {
      server.unref();
      return { release: () => close(server) };
    }
    if (await isAnswered(path)) return undefined;
    if (tries === 5) throw new Error(`the lock ${path} can neither be taken nor is it held`);
    await unlink(path).catch(ignoreAbsent);
  }
}

async function listens(server: Server, path: string): Promise<boolean> {
  server.listen(path);
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return false;
    throw error;
  }
}

/** Whether somebody listens on this Unix socket. */
export async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    const code = codeOf(error);
    // A reset: it was closed between the connecting and the answer.
    if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

function ignoreAbsent(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
