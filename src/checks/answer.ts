import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Ask } from './check.ts';
import { type Connections, through } from './connections.ts';
import { dialled, type Line } from './dialled.ts';
import { userAgent } from './user-agent.ts';

/** One answer, with its header lines as they came, so that a header that stands twice is seen twice. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Its beginning; nobody waits for the end of a longer one. */
  readonly body: string;
}

const MOST_BODY = 64 * 1024;
const BLOCK = Buffer.alloc(256 * 1024);

/** All values of a header, one for each line. */
export function valuesOf({ headers }: Pick<Answer, 'headers'>, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** Asks over HTTP/1.1, on a connection of its own where there are none to share; rejects when nothing answers or `signal` is aborted. */
function open1(line: Line, ask: Ask, signal: AbortSignal, shared?: Connections): ClientRequest {
  const socket = shared === undefined ? dialled(line) : undefined;
  const made = request({
    ...(shared === undefined ? { createConnection: () => socket } : through(shared, line)),
    method: ask.method,
    path: ask.target,
    setHost: false,
    headers: {
      Host: ask.host,
      'User-Agent': userAgent,
      // As most clients do: one that closes loses the answer to a body that is refused.
      Connection: 'keep-alive',
      ...bytes(ask.headers),
      ...(ask.announces !== undefined && { 'Content-Length': `${ask.announces}`, Expect: '100-continue' }),
      ...(ask.sends !== undefined && { 'Content-Length': `${ask.sends}` }),
    },
  });
  // Given to Node with the request, the signal would cost a fifth of it.
  const end = (): void => void made.destroy(signal.reason as Error);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  made.on('close', () => {
    signal.removeEventListener('abort', end);
    socket?.destroy();
  });
  return made;
}

/** The head as soon as it is there, and what else there is to read. */
export function head1(line: Line, ask: Ask, signal: AbortSignal, connections?: Connections): Promise<IncomingMessage> {
  // Whoever is refused a body may have the connection closed.
  const shared = ask.announces === undefined && ask.sends === undefined ? connections : undefined;
  return new Promise((resolve, reject) => {
    const made = open1(line, ask, signal, shared);
    let begun = false;
    made.on('error', (error) => {
      // A server that refuses a body may close in the middle of it: its answer counts.
      if (begun) return;
      // What was kept open may be closed at the very moment that it is used again.
      if (made.reusedSocket && !signal.aborted) resolve(head1(line, ask, signal));
      else reject(error);
    });
    made.on('response', (response) => {
      begun = true;
      resolve(response);
    });
    // Told to send, the client would have to: whoever announced a body too long was not refused.
    made.on('continue', () => {
      reject(new NotRefused());
      made.destroy();
    });
    if (ask.announces !== undefined) made.flushHeaders();
    else if (ask.sends !== undefined) void send(made, ask.sends, () => begun);
    else made.end();
  });
}

/** The server asked for a body that it should have refused. */
export class NotRefused extends Error {}

/** Node takes a header's text for bytes. */
function bytes(headers: Ask['headers'] = {}): Record<string, string> {
  const asBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asBytes(value)]));
}

async function send(to: ClientRequest, size: number, isOver: () => boolean): Promise<void> {
  for (let sent = 0; sent < size && !isOver() && !to.destroyed; sent += BLOCK.length) {
    if (!to.write(BLOCK.subarray(0, Math.min(BLOCK.length, size - sent)))) await drained(to);
  }
  if (!isOver() && !to.destroyed) to.end();
}

function drained(to: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'close', 'error', 'response'];
    // A large body drains a hundred times: none may leave a listener behind.
    const over = (): void => {
      for (const event of events) to.off(event, over);
      resolve();
    };
    for (const event of events) to.on(event, over);
  });
}

/** The body is only read where somebody looks at it. */
export async function answer1(
  line: Line,
  ask: Ask,
  { signal, reads, connections }: { signal: AbortSignal; reads: boolean; connections?: Connections | undefined },
): Promise<Answer> {
  const response = await head1(line, ask, signal, connections);
  const body = reads ? await beginning(response) : '';
  // A short one is let through, so that its connection can be used again.
  if (!reads && connections !== undefined && isShort(response)) response.resume();
  else response.destroy();
  return { status: response.statusCode ?? 0, headers: pairs(response.rawHeaders), body };
}

function isShort({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? Infinity) <= MOST_BODY;
}

/** Up to the end, or as far as anyone would compare. */
async function beginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= MOST_BODY) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Pairs from Node's flat list of names and values, which are bytes to it and UTF-8 to Caddy. HTTP/2's own names, with a
 * colon, are left out.
 */
export function pairs(raw: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (!name.startsWith(':')) found.push([name, fromBytes(raw[at + 1] ?? '')]);
  }
  return found;
}

/** ASCII, as nearly all is, is the same either way. */
function fromBytes(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}
