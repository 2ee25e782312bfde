import { WebSocket } from 'ws';
import { Mailbox } from '../mailbox.ts';
import type { Endpoint } from './endpoint.ts';

export interface ClientSocket {
  send(text: string): void;
  nextMessage(): Promise<string>;
  /** Waits for a heartbeat of the app; it is answered at once. */
  nextPing(): Promise<void>;
  close(): void;
  /** Goes away without a word. */
  leave(): void;
  /** The close code, once it is closed. */
  readonly closed: Promise<number>;
}

/** Opens a WebSocket, over TLS if the endpoint has a CA; fails with the status if the server refuses the upgrade. */
export function webSocket(
  to: Endpoint,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ClientSocket> {
  const options = {
    perMessageDeflate: false,
    headers: { Host: to.host, ...headers },
    servername: to.host,
    ...(to.ca !== undefined && { ca: to.ca }),
    ...(to.from && { localAddress: to.from }),
  };
  const socket = new WebSocket(`${to.ca === undefined ? 'ws' : 'wss'}://127.0.0.1:${to.port}${path}`, options);
  const messages = new Mailbox<string>();
  const pings = new Mailbox<true>();
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
  socket.on('message', (data: Buffer) => messages.put(data.toString()));
  socket.on('ping', () => pings.put(true));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      socket.terminate();
      reject(new Error(`the upgrade was answered with ${response.statusCode}`));
    });
    socket.on('open', () => {
      resolve({
        closed,
        send: (text) => socket.send(text),
        nextMessage: () => messages.next(),
        nextPing: async () => void (await pings.next()),
        close: () => socket.close(),
        leave: () => socket.terminate(),
      });
    });
  });
}
