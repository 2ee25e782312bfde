import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface FakeAdmin {
  readonly address: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/** A server that answers as the test says, for what a real Caddy does not do on demand; `undefined` is no answer at all. */
export async function startFakeAdmin(answer: (asked: Asked) => FakeAnswer | undefined): Promise<FakeAdmin> {
  const asked: Asked[] = [];
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('end', () => {
      const one = { line: `${incoming.method} ${incoming.url}`, headers: incoming.headers, body };
      asked.push(one);
      const said = answer(one);
      if (said) outgoing.writeHead(said.status ?? 200, said.headers).end(said.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** As Caddy answers: JSON with an etag, or its error. */
export function config(value: unknown): FakeAnswer {
  return {
    headers: { 'content-type': 'application/json', etag: '"/config/apps abc"' },
    body: `${JSON.stringify(value)}\n`,
  };
}

export function refusal(status: number, error: string): FakeAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ error })}\n` };
}
