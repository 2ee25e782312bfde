import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import { Mailbox } from '../mailbox.ts';
import type { Upgrade } from './backend.ts';

/** The app's end of one WebSocket. */
export interface AppSocket {
  readonly request: IncomingMessage;
  send(text: string): void;
  /** The next answer to one of the app's heartbeats. */
  nextPong(): Promise<void>;
  /** The close code, once the connection is gone. */
  readonly closed: Promise<number>;
}

export interface WebSocketApp {
  readonly upgrade: Upgrade;
  /** The next WebSocket that a client opened. */
  connected(): Promise<AppSocket>;
}

/** Sends every message back as it came, and a ping every `heartbeat` milliseconds. */
export function webSocketApp(heartbeat = 0): WebSocketApp {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const sockets = new Mailbox<AppSocket>();
  return {
    connected: () => sockets.next(),
    upgrade: (request, stream, head) => {
      server.handleUpgrade(request, stream, head, (socket) => {
        const pongs = new Mailbox<true>();
        const timer = heartbeat > 0 ? setInterval(() => socket.ping(), heartbeat) : undefined;
        const closed = new Promise<number>((resolve) => {
          socket.on('close', (code) => {
            clearInterval(timer);
            resolve(code);
          });
        });
        socket.on('pong', () => pongs.put(true));
        socket.on('error', () => socket.terminate());
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
        sockets.put({
          request,
          closed,
          send: (text) => socket.send(text),
          nextPong: async () => void (await pongs.next()),
        });
      });
    },
  };
}
