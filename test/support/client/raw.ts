import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Answer } from './answer.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * Sends these lines as one HTTP/1.1 request, byte for byte, and reads until the server closes: for spellings that Node's
 * own client would refuse or tidy up. `Connection: close` is added.
 */
export function raw(to: Endpoint, lines: readonly string[]): Promise<Answer> {
  const address = { host: '127.0.0.1', port: to.port, ...(to.from && { localAddress: to.from }) };
  return new Promise((resolve, reject) => {
    const socket =
      to.ca === undefined
        ? connectPlain(address)
        : connectTls({ ...address, ca: to.ca, servername: to.host, ALPNProtocols: ['http/1.1'] });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(parse(Buffer.concat(chunks).toString('latin1')));
    });
    socket.write([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1');
  });
}

function parse(text: string): Answer {
  const split = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, split).split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  if (split === -1 || status === undefined) throw new Error(`not an answer: ${JSON.stringify(text.slice(0, 200))}`);
  return {
    status: Number(status),
    headers: lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
    body: text.slice(split + 4),
  };
}
