import { readLimits } from '../../files/read.ts';

type Input = AsyncIterable<Uint8Array | string>;

/** Standard input as often as it is asked for: policies are read again for each new Caddy, and a pipe gives its text once. */
export async function replayed(stdin: Input): Promise<Input> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    // More is refused when it is read.
    if (bytes > readLimits.bytes) break;
  }
  return {
    async *[Symbol.asyncIterator]() {
      yield* chunks;
    },
  };
}
