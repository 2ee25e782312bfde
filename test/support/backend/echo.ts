import { createHash } from 'node:crypto';
import type { App } from './backend.ts';

/** What the app saw of one request; the JSON body of every answer of {@link echo}. */
export interface Seen {
  readonly app: string;
  readonly method: string;
  readonly url: string;
  /** Name and value of each header line, in the order in which they came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly remoteAddress: string;
  readonly length: number;
  readonly sha256: string;
}

/** Answers every request with what it saw of it, the body as length and hash: also the sink for uploads of any size. */
export function echo(name: string, headers: Readonly<Record<string, string | string[]>> = {}): App {
  return (request, response, contact) => {
    const hash = createHash('sha256');
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      contact.received += chunk.length;
    });
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const seen: Seen = {
        app: name,
        method: contact.method,
        url: contact.url,
        headers: contact.headers,
        remoteAddress: request.socket.remoteAddress ?? '',
        length: contact.received,
        sha256: hash.digest('hex'),
      };
      const body = JSON.stringify(seen);
      const fixed = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
      response.writeHead(200, { ...fixed, ...headers }).end(body);
    });
  };
}
