import { connect } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { type Answer, pairs } from './answer.ts';
import type { Ask } from './check.ts';
import { dialledSecurely, type Line, secured } from './dialled.ts';
import { userAgent } from './user-agent.ts';

/** Asks over HTTP/2, for listeners that speak nothing older, and to see that it is spoken at all. Reads no body. */
export async function answer2(line: Line, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const socket = dialledSecurely(line, ['h2']);
  const stop = () => socket.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    await secured(socket, signal);
    if (socket.alpnProtocol !== 'h2') throw new Error('HTTP/2 was not agreed upon');
    return await ask2(socket, ask);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function ask2(socket: TLSSocket, { method, target, host, headers = {}, announces }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = connect(`https://${host}`, { createConnection: () => socket });
    session.on('error', reject);
    session.on('close', () => reject(new Error('the connection was closed')));
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const stream = session.request(
      {
        ':method': method,
        ':path': target,
        ':authority': host,
        'user-agent': userAgent,
        ...Object.fromEntries(lower),
        ...(announces !== undefined && { 'content-length': announces }),
      },
      { endStream: announces === undefined },
    );
    stream.on('error', reject);
    stream.on('response', (head, _flags, raw?: string[]) => {
      resolve({ status: head[':status'] ?? 0, headers: pairs(raw ?? []), body: '' });
      session.destroy();
    });
  });
}
