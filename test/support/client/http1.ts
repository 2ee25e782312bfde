import { request as plainRequest, type ClientRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { pairs, type Answer } from './answer.ts';
import type { Ask, Endpoint } from './endpoint.ts';

/** An HTTP/1.1 request on a connection of its own, its body not yet sent. */
export function open1(to: Endpoint, ask: Ask): ClientRequest {
  const options = {
    host: '127.0.0.1',
    port: to.port,
    method: ask.method ?? 'GET',
    path: ask.path ?? '/',
    headers: { Host: to.host, ...ask.headers },
    agent: false,
    ...(to.from && { localAddress: to.from }),
  };
  if (to.ca === undefined) return plainRequest(options);
  return tlsRequest({ ...options, ca: to.ca, servername: to.host });
}

/** Asks over HTTP/1.1 and reads the whole answer. */
export function http1(to: Endpoint, ask: Ask = {}): Promise<Answer> {
  const request = open1(to, ask);
  const answer = answerOf1(request);
  request.end(ask.body);
  return answer;
}

/**
 * The answer to a request, also one that comes before the body was sent: an error of the connection after the answer's
 * head is then no failure, since a server that refuses a body may close.
 */
export function answerOf1(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      const done = () => {
        request.destroy();
        resolve({
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
          body: Buffer.concat(chunks).toString(),
        });
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', done);
      response.on('error', reject);
    });
  });
}
