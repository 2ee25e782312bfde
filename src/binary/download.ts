import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Download {
  readonly url: string;
  /** A file that must not exist yet. */
  readonly to: string;
  readonly sha512: string;
  readonly mostBytes: number;
  /** For the whole download. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch: typeof globalThis.fetch;
}

const mostRedirects = 5;

/** Downloads over https, at every redirect too. Throws an Error with one line if the file is not exactly the one that the sum names. */
export async function download({ url, to, sha512, mostBytes, timeoutMs, signal, fetch }: Download): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const limit = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const hash = createHash('sha512');
  try {
    const body = await open(url, fetch, limit);
    let bytes = 0;
    const watched = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        if (bytes > mostBytes) throw new Error(`more than ${mostBytes} bytes came`);
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(body), watched, createWriteStream(to, { flags: 'wx' }), { signal: limit });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = timeout.aborted ? `it took longer than ${timeoutMs / 1000} s` : reasonOf(error);
    throw new Error(`the download failed: ${reason}`, { cause: error });
  }
  const sum = hash.digest('hex');
  if (sum !== sha512) {
    throw new Error(
      `the download is not the pinned file: its sha512 is ${sum.slice(0, 16)}…, not ${sha512.slice(0, 16)}…`,
    );
  }
}

async function open(url: string, fetch: Download['fetch'], signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  let at = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    if (!at.startsWith('https://')) throw new Error('it leads to an address that is not https');
    const response = await fetch(at, { redirect: 'manual', signal });
    if (response.ok && response.body !== null) return response.body;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) {
      throw new Error(`the answer is ${response.status}`);
    }
    at = new URL(location, at).href;
  }
  throw new Error(`more than ${mostRedirects} redirects`);
}

/** fetch says only "fetch failed"; what happened stands in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
