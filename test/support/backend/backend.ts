import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Answers requests, as an app behind the proxy does. */
export type App = (request: IncomingMessage, response: ServerResponse, contact: Contact) => void;
/** Takes over a connection that asked for another protocol. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** One request that reached the app, as it came off the wire. */
export interface Contact {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Bytes of the body so far, where the app counts them: `echo` does. */
  received: number;
  /** True once the body's end arrived. */
  whole: boolean;
}

/** An app on a free loopback port that remembers who called. */
export interface Backend {
  readonly address: string;
  readonly contacts: Contact[];
  /** Refuses connections from now on and cuts those that are open, as a stopped app does. */
  stop(): Promise<void>;
  /** Listens again at the same address. */
  start(): Promise<void>;
}

export interface BackendParts {
  readonly app: App;
  readonly upgrade?: Upgrade;
}

/** All values of a request header by name, one for each line that came. */
export function linesOf(contact: Contact | undefined, name: string): string[] {
  if (!contact) throw new Error('the app was not asked');
  return contact.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

export async function startBackend(parts: BackendParts): Promise<Backend> {
  const contacts: Contact[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const contact = observe(request);
    contacts.push(contact);
    parts.app(request, response, contact);
  });
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    contacts.push(observe(request));
    if (parts.upgrade) parts.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });

  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    contacts,
    start: () => listen(port),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function observe(request: IncomingMessage): Contact {
  const raw = request.rawHeaders;
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? '', raw[at + 1] ?? '']);
  const contact: Contact = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers,
    received: 0,
    whole: false,
  };
  request.prependListener('end', () => (contact.whole = true));
  return contact;
}
