import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Answer } from './answer.ts';
import type { Endpoint } from './endpoint.ts';
import { answerOf1, open1 } from './http1.ts';
import { answerOf2, open2, session2 } from './http2.ts';

export interface Upload {
  readonly path: string;
  readonly method?: string;
  /** Bytes to send. */
  readonly size: number;
  /** Whether the size is announced by a Content-Length; else HTTP/1.1 sends it chunked. */
  readonly length: boolean;
  readonly version: 1 | 2;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Uploaded {
  readonly answer: Answer;
  /** Bytes given to the connection before the answer ended the upload. */
  readonly sent: number;
  /** Of what was sent. */
  readonly sha256: string;
}

const BLOCK = 256 * 1024;

/** Sends a body of this size in blocks, and stops when the answer comes, as browsers do. Never holds more than a block. */
export async function upload(to: Endpoint, what: Upload): Promise<Uploaded> {
  const headers = {
    'Content-Type': 'application/octet-stream',
    ...what.headers,
    ...(what.length && { 'Content-Length': `${what.size}` }),
  };
  const ask = { method: what.method ?? 'POST', path: what.path, headers };
  if (what.version === 1) {
    const request = open1(to, ask);
    return send(request, what.size, answerOf1(request));
  }
  const session = await session2(to);
  try {
    const stream = open2(session, to, ask, false);
    return await send(stream, what.size, answerOf2(stream));
  } finally {
    session.destroy();
  }
}

async function send(body: Writable, size: number, answer: Promise<Answer>): Promise<Uploaded> {
  const state = { answered: false };
  const note = () => void (state.answered = true);
  const over = answer.then(note, note);
  const hash = createHash('sha256');
  const seed = randomBytes(BLOCK);
  let sent = 0;
  while (sent < size && !state.answered && !body.destroyed) {
    const block = Buffer.from(seed.subarray(0, Math.min(BLOCK, size - sent)));
    // Each block differs, so that one that is lost, doubled or moved changes the hash.
    block[0] = (sent / BLOCK) % 256;
    const room = body.write(block);
    hash.update(block);
    sent += block.length;
    await (room ? Promise.race([over, nextTurn()]) : Promise.race([over, drained(body)]));
  }
  if (!state.answered && !body.destroyed) body.end();
  return { answer: await answer, sent, sha256: hash.digest('hex') };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function drained(body: Writable): Promise<void> {
  const gone = new AbortController();
  const listen = (name: string) => once(body, name, { signal: gone.signal }).catch(() => {});
  await Promise.race([listen('drain'), listen('close'), listen('error')]);
  gone.abort();
}
