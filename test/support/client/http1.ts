import { Agent as PlainAgent, request as plainRequest, type ClientRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { pairs, type Answer } from './answer.ts';
import type { Ask, Endpoint } from './endpoint.ts';

/**
 * An HTTP/1.1 request on a connection of its own, its body not yet sent. The connection is offered for more, as most
 * clients do, unless the request says `Connection: close`.
 */
export function open1(to: Endpoint, ask: Ask): ClientRequest {
  const agent = to.ca === undefined ? new PlainAgent({ keepAlive: true }) : new TlsAgent({ keepAlive: true });
  const options = {
    host: '127.0.0.1',
    port: to.port,
    method: ask.method ?? 'GET',
    path: ask.path ?? '/',
    headers: { Host: to.host, ...ask.headers },
    agent,
    ...(to.from && { localAddress: to.from }),
  };
  const request =
    to.ca === undefined ? plainRequest(options) : tlsRequest({ ...options, ca: to.ca, servername: to.host });
  request.on('close', () => agent.destroy());
  return request;
}

/**
 * Asks over HTTP/1.1 and reads the whole answer. A reload of Caddy resets a fresh connection now and then: what can be
 * repeated is asked once more, as browsers do.
 */
export async function http1(to: Endpoint, ask: Ask = {}): Promise<Answer> {
  try {
    return await once1(to, ask);
  } catch (error) {
    const isRepeatable = (ask.method ?? 'GET') === 'GET' && ask.body === undefined;
    if (!isRepeatable || !isReset(error)) throw error;
    return await once1(to, ask);
  }
}

function once1(to: Endpoint, ask: Ask): Promise<Answer> {
  const request = open1(to, ask);
  const answer = answerOf1(request);
  request.end(ask.body);
  return answer;
}

/** The connection ended before an answer began. */
export function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

/**
 * The answer to a request, also one that comes before the body was sent: an error of the connection after the answer's
 * head is then no failure, since a server that refuses a body may close.
 */
export function answerOf1(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let begun = false;
    request.on('error', (error) => begun || reject(error));
    request.on('response', (response) => {
      begun = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => reject(new Error('the answer was cut')));
      response.on('end', () => {
        request.destroy();
        resolve({
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
  });
}
