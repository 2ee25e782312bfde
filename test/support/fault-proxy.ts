import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminEndpoint } from './admin-request.ts';

/** What becomes of a request on its way to an admin API, and of the answer. */
export type Fault =
  /** The connection is reset when the request's head is there; nothing is handed on. */
  | 'reset before the body'
  /** Half of the first piece of the body is handed on, then both connections are reset. */
  | 'reset in the body'
  /** The whole request is taken and never handed on. */
  | 'request lost'
  /** The request is done, and the connection reset in place of an answer. */
  | 'answer lost'
  /** The request is done, and nothing more is heard. */
  | 'silence'
  /** The request is done, and the answer is not HTTP. */
  | 'garbage'
  /** The request is done, and the answer is that of a proxy that lost patience. */
  | 'gateway time-out'
  /** The connection is reset, and the request is handed on when the test says `deliverLate`. */
  | 'late'
  /** Nothing happens to this one, but those held back overtake it. */
  | 'late ones first';

export interface FaultProxy {
  /** As `--admin` takes it. */
  readonly address: string;
  /** Every request so far, such as `POST /config/apps`, in order. */
  readonly requests: readonly string[];
  /** The requests that could change something: all but GET, and `/adapt`. */
  writes(): string[];
  /** The next `times` requests of this kind meet the fault. */
  on(requestLine: string, fault: Fault, times?: number): void;
  /** Resolves when the next request of this kind is there: not handed on yet, or done and not answered yet. */
  hold(requestLine: string, where: 'before' | 'after'): Promise<Held>;
  /** Hands on what was held back, in order, each after the answer to the one before; gives the answers' status codes. */
  deliverLate(): Promise<number[]>;
  stop(): Promise<void>;
}

export interface Held {
  /** It goes on as if nothing had been. */
  release(): void;
  /** It is never handed on, or never answered. */
  drop(): void;
}

interface Hold {
  readonly requestLine: string;
  readonly where: 'before' | 'after';
  readonly found: (held: Held) => void;
}

interface Rule {
  readonly requestLine: string;
  readonly fault: Fault;
  left: number;
}

/** A proxy on loopback in front of an admin API that counts requests and breaks the ones it is told to. */
export async function startFaultProxy(target: AdminEndpoint): Promise<FaultProxy> {
  const requests: string[] = [];
  const rules: Rule[] = [];
  const holds: Hold[] = [];
  const late: { readonly incoming: IncomingMessage; readonly body: Buffer }[] = [];

  const server = createServer((incoming, outgoing) => {
    const requestLine = `${incoming.method} ${incoming.url}`;
    requests.push(requestLine);
    const rule = rules.find((each) => each.requestLine === requestLine && each.left > 0);
    if (rule) rule.left--;
    handle(incoming, outgoing, rule?.fault, requestLine).catch((error: unknown) =>
      incoming.socket.destroy(error as Error),
    );
  });

  async function handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    fault: Fault | undefined,
    requestLine: string,
  ): Promise<void> {
    if (fault === 'reset before the body') return reset(incoming);
    if (fault === 'reset in the body') return breakInBody(incoming);
    const body = await wholeBody(incoming);
    if (fault === 'request lost') return reset(incoming);
    if (fault === 'late') {
      late.push({ incoming, body });
      return reset(incoming);
    }
    if (fault === 'late ones first') await deliverLate();
    if (await isDropped(requestLine, 'before')) return reset(incoming);
    const answer = await forward(incoming, body);
    const text = await wholeBody(answer);
    if (await isDropped(requestLine, 'after')) return reset(incoming);
    switch (fault) {
      case undefined:
      case 'late ones first':
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
        return;
      case 'answer lost':
        return reset(incoming);
      case 'silence':
        return;
      case 'garbage':
        incoming.socket.end('%%% this is not HTTP %%%\r\n\r\n');
        return;
      case 'gateway time-out':
        outgoing.writeHead(504, { 'content-type': 'text/html' }).end('<h1>504 Gateway Time-out</h1>');
        return;
      default:
        throw new Error(`unknown fault ${String(fault satisfies never)}`);
    }
  }

  /** Waits for what the test says, where it holds such a request. */
  async function isDropped(requestLine: string, where: Hold['where']): Promise<boolean> {
    const index = holds.findIndex((each) => each.requestLine === requestLine && each.where === where);
    const [hold] = index === -1 ? [] : holds.splice(index, 1);
    if (hold === undefined) return false;
    return await new Promise((resolve) => hold.found({ release: () => resolve(false), drop: () => resolve(true) }));
  }

  async function deliverLate(): Promise<number[]> {
    const statuses: number[] = [];
    for (const { incoming, body } of late.splice(0)) {
      const answer = await forward(incoming, body);
      await wholeBody(answer);
      statuses.push(answer.statusCode ?? 0);
    }
    return statuses;
  }

  async function forward(incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const onward = openOnward(incoming);
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    return answer;
  }

  async function breakInBody(incoming: IncomingMessage): Promise<void> {
    const onward = openOnward(incoming);
    onward.on('error', () => {});
    const [chunk] = (await once(incoming, 'data')) as [Buffer];
    await new Promise((written) => onward.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), written));
    onward.socket?.resetAndDestroy();
    reset(incoming);
  }

  function openOnward(incoming: IncomingMessage): ReturnType<typeof request> {
    const host = 'port' in target ? `${target.host}:${target.port}` : '127.0.0.1';
    const headers = { ...incoming.headers, host, connection: 'close' };
    return request({ ...target, method: incoming.method, path: incoming.url, headers, agent: false });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    writes: () => requests.filter((line) => !line.startsWith('GET ') && line !== 'POST /adapt'),
    on: (requestLine, fault, times = 1) => void rules.push({ requestLine, fault, left: times }),
    hold: (requestLine, where) => new Promise((found) => void holds.push({ requestLine, where, found })),
    deliverLate,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function reset(incoming: IncomingMessage): void {
  incoming.socket.resetAndDestroy();
}

async function wholeBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
