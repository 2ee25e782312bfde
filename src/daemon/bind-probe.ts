import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { parseListen, type ListenAddress } from '../plan/listen.ts';
import { isAnswered } from './run-lock.ts';

/** `denied`: this process may not; a Caddy with the capability for low ports may still. `absent`: no such address here. */
export type Bindable = 'free' | 'taken' | 'denied' | 'absent';

type NetAddress = Extract<ListenAddress, { kind: 'net' }>;

/**
 * Whether a listen address can be bound now, tried by binding it: also against a Caddy, which lets other Caddys of the same
 * user share its ports and then answers by turns with them. `udp`: on UDP as well, which HTTP/3 needs.
 */
export async function probeBind(address: string, udp: boolean): Promise<Bindable> {
  const parsed = parseListen(address);
  // Binding what cannot be read here is Caddy's to refuse.
  if (parsed === undefined) return 'free';
  if (parsed.kind === 'path') return probeSocketFile(parsed.path);
  for (let port = parsed.from; port <= parsed.to; port++) {
    const found = await probePort(parsed, port, udp);
    if (found !== 'free') return found;
  }
  return 'free';
}

/** What is the matter with this port on these hosts, the first that is not free. */
export async function probeHosts(hosts: readonly string[], port: number, udp: boolean): Promise<Bindable> {
  for (const host of hosts) {
    const found = await probeBind(`${host}:${port}`, udp);
    if (found !== 'free') return found;
  }
  return 'free';
}

/** Some port that the system thinks is free on this host. */
export async function anyPort(host: string): Promise<number> {
  return bindTcp(host.replace(/^\[|\]$/g, ''), 0);
}

async function probePort({ host, transport }: NetAddress, port: number, udp: boolean): Promise<Bindable> {
  const tcp = transport === 'tcp' ? await outcomeOf(bindTcp(host, port)) : 'free';
  if (tcp !== 'free' || (transport === 'tcp' && !udp)) return tcp;
  const both = await outcomeOf(bindUdp(host, port));
  // Where the machine has no IPv6, all addresses are those of IPv4; for TCP Node finds that out by itself.
  return both === 'absent' && host === '' ? outcomeOf(bindUdp('0.0.0.0', port)) : both;
}

async function bindTcp(host: string, port: number): Promise<number> {
  const server = createServer();
  server.listen({ port, ...(host === '' ? {} : { host }), exclusive: true });
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  await once(server, 'close');
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

async function bindUdp(host: string, port: number): Promise<void> {
  const socket = createSocket({ type: host === '' || host.includes(':') ? 'udp6' : 'udp4', reuseAddr: false });
  socket.bind({ port, ...(host === '' ? {} : { address: host }), exclusive: true });
  try {
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}

async function outcomeOf(tried: Promise<unknown>): Promise<Bindable> {
  try {
    await tried;
    return 'free';
  } catch (error) {
    switch (error instanceof Error && 'code' in error ? error.code : undefined) {
      case 'EADDRINUSE':
        return 'taken';
      case 'EACCES':
      case 'EPERM':
        return 'denied';
      case 'EADDRNOTAVAIL':
      case 'EAFNOSUPPORT':
        return 'absent';
      default:
        throw error;
    }
  }
}

async function probeSocketFile(path: string): Promise<Bindable> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'free';
  // Caddy replaces a socket that nobody answers.
  return found.isSocket() && !(await isAnswered(path)) ? 'free' : 'taken';
}
