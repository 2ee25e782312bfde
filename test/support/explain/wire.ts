import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Answer } from '../client/answer.ts';

/** Where to send bytes: a port of 127.0.0.1 from one of its addresses, or a Unix socket. */
export interface Wire {
  readonly to: { readonly port: number; readonly from: string } | { readonly path: string };
  readonly tls: boolean;
}

/** Asks over one kept connection, one request after the other; a connection that was closed is opened again. */
export class Line {
  readonly #wire: Wire;
  #socket: Socket | undefined;
  #text = '';
  #ended = false;
  #wake: () => void = () => {};

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Sends these bytes (latin1) and reads one answer. `hasBody` is false for HEAD. */
  async ask(bytes: string, hasBody: boolean): Promise<Answer> {
    const isKept = this.#socket !== undefined;
    this.#socket ??= this.#open();
    this.#text = '';
    this.#socket.write(bytes, 'latin1');
    const answer = await this.#read(hasBody);
    if (answer) {
      if (this.#ended || answer.headers.some(([name, value]) => /^connection$/i.test(name) && /close/i.test(value)))
        this.end();
      return answer;
    }
    this.end();
    // Caddy may close a kept connection just then.
    if (isKept) return this.ask(bytes, hasBody);
    throw new Error(`no answer to ${JSON.stringify(bytes)}`);
  }

  end(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const { to, tls } = this.#wire;
    const address = 'path' in to ? to : { host: '127.0.0.1', port: to.port, localAddress: to.from };
    const socket = tls
      ? connectTls({ ...address, servername: 'sandbox.test', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : connectPlain(address);
    this.#ended = false;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      if (socket !== this.#socket) return;
      this.#text += chunk.toString('latin1');
      this.#wake();
    });
    for (const event of ['error', 'close', 'end']) {
      socket.on(event, () => {
        if (socket !== this.#socket) return;
        this.#ended = true;
        this.#wake();
      });
    }
    return socket;
  }

  async #read(hasBody: boolean): Promise<Answer | undefined> {
    for (;;) {
      const answer = parseAnswer(this.#text, hasBody, this.#ended);
      if (answer || this.#ended) return answer;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** One whole answer, or undefined while it is not whole. */
export function parseAnswer(text: string, hasBody: boolean, ended: boolean): Answer | undefined {
  const split = text.indexOf('\r\n\r\n');
  if (split === -1) return undefined;
  const [first = '', ...lines] = text.slice(0, split).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
  const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  const isChunked = headers.some(([name]) => name.toLowerCase() === 'transfer-encoding');
  const rest = text.slice(split + 4);
  if (!hasBody || status === 204 || status === 304) return { status, headers, body: '' };
  if (isChunked) return /(^|\r\n)0\r\n\r\n$/.test(rest) ? { status, headers, body: unchunked(rest) } : undefined;
  if (length === undefined) return ended ? { status, headers, body: rest } : undefined;
  return rest.length >= Number(length) ? { status, headers, body: rest.slice(0, Number(length)) } : undefined;
}

function unchunked(text: string): string {
  const [, size = '0'] = /^([0-9a-f]+)\r\n/i.exec(text) ?? [];
  const length = Number.parseInt(size, 16);
  const start = size.length + 2;
  return length === 0 ? '' : text.slice(start, start + length) + unchunked(text.slice(start + length + 2));
}
