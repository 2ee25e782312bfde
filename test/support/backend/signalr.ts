import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Mailbox } from '../mailbox.ts';
import type { App } from './backend.ts';

/** SignalR ends every message with this character. */
export const RECORD_END = '\u001e';

export interface SignalR {
  readonly app: App;
  /** Says this to the client of the connection, by whichever of the two http transports it has open, now or next. */
  say(connection: string, message: object): void;
  /** What the next client posted. */
  heard(): Promise<string>;
  /** The connection of the next client that opened one of the two. */
  listening(): Promise<string>;
}

/**
 * A hub's http side: `negotiate`, then server-sent events or long polling, and POST for what the client says. Its third
 * transport is `webSocketApp`. Written from Microsoft's TransportProtocols.md.
 */
export function signalR(): SignalR {
  const waiting = new Map<string, (text: string) => void>();
  const unsaid = new Map<string, string[]>();
  const posts = new Mailbox<string>();
  const listeners = new Mailbox<string>();
  const listen = (connection: string, deliver: (text: string) => void) => {
    waiting.set(connection, deliver);
    listeners.put(connection);
    const texts = unsaid.get(connection) ?? [];
    unsaid.delete(connection);
    for (const text of texts) deliver(text);
  };

  return {
    heard: () => posts.next(),
    listening: () => listeners.next(),
    say: (connection, message) => {
      const text = JSON.stringify(message) + RECORD_END;
      const deliver = waiting.get(connection);
      if (deliver) deliver(text);
      else unsaid.set(connection, [...(unsaid.get(connection) ?? []), text]);
    },
    app: (request, response) => {
      const url = new URL(request.url ?? '', 'http://hub');
      const connection = url.searchParams.get('id') ?? '';
      if (request.method === 'POST') {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          if (url.pathname.endsWith('/negotiate')) return negotiate(response);
          posts.put(Buffer.concat(chunks).toString());
          return response.writeHead(200).end();
        });
      } else if (request.method === 'DELETE') {
        waiting.delete(connection);
        response.writeHead(202).end();
      } else if (request.headers.accept === 'text/event-stream') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.flushHeaders();
        listen(connection, (text) => void response.write(`data: ${text}\r\n\r\n`));
        response.on('close', () => waiting.delete(connection));
      } else {
        listen(connection, (text) => {
          waiting.delete(connection);
          response.writeHead(200, { 'Content-Type': 'text/plain' }).end(text);
        });
      }
    },
  };
}

function negotiate(response: ServerResponse): void {
  const formats = { transferFormats: ['Text', 'Binary'] };
  const body = {
    negotiateVersion: 1,
    connectionId: randomUUID(),
    connectionToken: randomUUID(),
    availableTransports: [
      { transport: 'WebSockets', ...formats },
      { transport: 'ServerSentEvents', transferFormats: ['Text'] },
      { transport: 'LongPolling', ...formats },
    ],
  };
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
