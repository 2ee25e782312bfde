import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that the system gives to clients: one of these a client of another test would get now and then, before it is
 * listened on.
 */
const lowest = 20_000;
const count = 12_000;
const given = new Set<number>();

/** A port that nobody listens on, by TCP or UDP, on any address, at the moment of asking; another one each time. */
export async function freePort(): Promise<number> {
  if (given.size > count / 2) given.clear();
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const socket = createSocket({ type: 'udp4', reuseAddr: false });
  try {
    server.listen({ port, exclusive: true });
    await once(server, 'listening');
    socket.bind({ port, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
    server.close();
  }
}
