import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { pairs, type Answer } from './answer.ts';
import type { Ask, Endpoint } from './endpoint.ts';

/** An HTTP/2 session with the site; fails if the server does not speak it. */
export function session2(to: Endpoint): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: '127.0.0.1',
      port: to.port,
      servername: to.host,
      ALPNProtocols: ['h2'],
      ...(to.ca !== undefined && { ca: to.ca }),
      ...(to.from && { localAddress: to.from }),
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      // Else Node itself refuses to send a header twice that a server must refuse.
      const options = { createConnection: () => socket, strictSingleValueFields: false };
      const session = connect(`https://${to.host}`, options);
      session.once('connect', () => resolve(session));
      session.once('error', reject);
    });
  });
}

/** A request whose body is not yet sent; `last` says that there is none. */
export function open2(session: ClientHttp2Session, to: Endpoint, ask: Ask, last: boolean): ClientHttp2Stream {
  const headers = [':method', ask.method ?? 'GET', ':path', ask.path ?? '/', ':authority', to.host, ':scheme', 'https'];
  for (const [name, values] of Object.entries(ask.headers ?? {})) {
    for (const value of [values].flat()) headers.push(name.toLowerCase(), value);
  }
  return session.request(headers, { endStream: last });
}

/** Asks over HTTP/2, on a session of its own, and reads the whole answer. */
export async function http2(to: Endpoint, ask: Ask = {}): Promise<Answer> {
  const session = await session2(to);
  try {
    const stream = open2(session, to, ask, ask.body === undefined);
    const answer = answerOf2(stream);
    if (ask.body !== undefined) stream.end(ask.body);
    return await answer;
  } finally {
    session.destroy();
  }
}

/** The answer on a stream; a reset after the answer's head is no failure, since a server that refuses a body resets. */
export function answerOf2(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let head: Pick<Answer, 'status' | 'headers'> | undefined;
    stream.on('response', (headers, _flags, raw?: string[]) => {
      head = { status: headers[':status'] ?? 0, headers: pairs(raw ?? []) };
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', (error) => head ?? reject(error));
    stream.on('close', () => {
      if (head) resolve({ ...head, body: Buffer.concat(chunks).toString() });
      else reject(new Error(`the stream closed without an answer (code ${stream.rstCode})`));
    });
  });
}
