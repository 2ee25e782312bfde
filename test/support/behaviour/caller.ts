import { once } from 'node:events';
import { connect, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Asked } from '../../../src/explain/asked.ts';
import type { Answer } from '../client/answer.ts';
import { parseAnswer } from '../explain/wire.ts';

/** Where a listener of the policies really is. */
export interface Spot {
  readonly place: number | string;
  readonly tls: boolean;
}

/** Asks once, on a connection of its own that comes from the address of the request, wherever that is. */
export async function call({ place, tls }: Spot, asked: Asked): Promise<Answer> {
  const plain = typeof place === 'string' ? connect(place) : connect(place, '127.0.0.1');
  try {
    await once(plain, 'connect');
    if (asked.from !== undefined) plain.write(proxyLine(asked.from));
    const socket: Socket = tls
      ? connectTls({
          socket: plain,
          servername: 'sandbox.test',
          rejectUnauthorized: false,
          ALPNProtocols: ['http/1.1'],
        })
      : plain;
    return await exchange(socket, asked);
  } finally {
    plain.destroy();
  }
}

/** The PROXY protocol, version 1: who is behind a connection. */
function proxyLine(from: string): string {
  return isIPv6(from) ? `PROXY TCP6 ${from} ::1 7 7\r\n` : `PROXY TCP4 ${from} 127.0.0.1 7 7\r\n`;
}

async function exchange(socket: Socket, { method, target, host, headers, protocol }: Asked): Promise<Answer> {
  const lines = [
    `${method} ${target} ${protocol.toUpperCase()}`,
    ...(host === '' ? [] : [`Host: ${host}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
  if (length > 0) socket.write(Buffer.alloc(length, 'x'));
  return await new Promise((resolve, reject) => {
    let text = '';
    const settle = (isEnded: boolean): void => {
      const answer = parseAnswer(text, method !== 'HEAD', isEnded);
      if (answer) resolve(answer);
      else if (isEnded) reject(new Error(`no answer to ${lines.join(' | ')}: ${JSON.stringify(text.slice(0, 200))}`));
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      settle(false);
    });
    // A body that is refused may end the connection while it is written.
    socket.on('error', () => settle(true));
    socket.on('close', () => settle(true));
  });
}
