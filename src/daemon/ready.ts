import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Served } from './served.ts';

export interface ReadyOptions {
  /** The internal CA's root, PEM: a certificate that is not of its making does not count. Asked for at each try. */
  readonly rootCertificate: () => Promise<string | undefined>;
  /** Longest wait for all of them, milliseconds. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

const atOnce = 8;
const oneTry = 5_000;

/**
 * Waits until each of these is served, and gives those that are not when the time is over. Caddy answers a push before it
 * has made the certificates, so only a request through the listener shows that a site is there.
 */
export async function untilReady(sites: readonly Served[], options: ReadyOptions): Promise<readonly Served[]> {
  const end = performance.now() + options.limit;
  let waiting = sites;
  while (!options.signal.aborted) {
    const root = await options.rootCertificate();
    waiting = await unready(waiting, root);
    if (waiting.length === 0 || performance.now() > end) break;
    await sleep(25);
  }
  return waiting;
}

async function unready(sites: readonly Served[], root: string | undefined): Promise<Served[]> {
  const found: boolean[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < sites.length; at = next++) {
      const site = sites[at];
      found[at] = site !== undefined && (await isServed(site, root));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return sites.filter((_, at) => found[at] !== true);
}

/** Whether a request is answered, whatever the answer. It asks for a host that nobody has, so that no backend is troubled. */
function isServed(site: Served, root: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const connected = open(site, root);
    const { socket } = connected;
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(oneTry, () => settle(false));
    socket.on('error', () => settle(false));
    socket.on('close', () => settle(false));
    socket.once('data', (data: Buffer) => settle(data.toString('latin1').startsWith('HTTP/1.')));
    socket.once(connected.event, () => {
      if (connected.enough) settle(true);
      else socket.write('GET / HTTP/1.1\r\nHost: ready.caddyctl.invalid\r\nConnection: close\r\n\r\n');
    });
  });
}

interface Connecting {
  readonly socket: Socket;
  readonly event: 'connect' | 'secureConnect';
  /** Nothing more can be asked of it by a request in HTTP/1.1. */
  readonly enough: boolean;
}

function open({ host, dial, way, certificate, handshake }: Served, root: string | undefined): Connecting {
  // A certificate for an address is found by the address that was called, which is not the one dialled here.
  if (way !== 'https' || isIP(host)) return { socket: connectPlain(dial), event: 'connect', enough: way === 'https' };
  const servername = host.replace('*', 'any');
  const trust = certificate === 'internal' ? { ca: root ?? '' } : { rejectUnauthorized: false };
  const socket = connectTls({ ...dial, servername, ALPNProtocols: [handshake.protocol], ...trust });
  return { socket, event: 'secureConnect', enough: handshake.only || handshake.protocol === 'h2' };
}
