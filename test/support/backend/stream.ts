import { Mailbox } from '../mailbox.ts';
import type { App } from './backend.ts';

/** An answer under way: the test decides when the app says the next thing. */
export interface OpenStream {
  readonly url: string;
  /** Writes this text as it is, now. */
  send(text: string): void;
  end(): void;
  /** Resolves when the other side went away before the answer's end. */
  readonly clientLeft: Promise<void>;
}

export interface StreamingApp {
  readonly app: App;
  /** The next stream that a client opened. */
  opened(): Promise<OpenStream>;
}

/** An app whose answers are streams of this type, paced by the test: `text/event-stream`, `application/x-ndjson`. */
export function streaming(contentType: string, headers: Readonly<Record<string, string>> = {}): StreamingApp {
  const streams = new Mailbox<OpenStream>();
  return {
    opened: () => streams.next(),
    app: (request, response) => {
      // An app that answers before it has read what it was asked may lose its connection: Go's server takes that for the end.
      request.resume().on('end', () => {
        response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-cache', ...headers });
        response.flushHeaders();
        const clientLeft = new Promise<void>((resolve) => {
          response.on('close', () => {
            if (!response.writableFinished) resolve();
          });
        });
        streams.put({
          url: request.url ?? '',
          send: (text) => void response.write(text),
          end: () => void response.end(),
          clientLeft,
        });
      });
    },
  };
}

/** One server-sent event; `size` pads its data, as answers over 512 bytes take another way through a compressing proxy. */
export function serverSentEvent(number: number, size = 0): string {
  return `id: ${number}\ndata: ${`event ${number} `.padEnd(size, '.')}\n\n`;
}
