import { pairs, type Answer } from './answer.ts';
import type { Ask, Endpoint } from './endpoint.ts';
import { open1 } from './http1.ts';
import { open2, session2 } from './http2.ts';

/** An answer that is read while it comes. */
export interface Reading extends Pick<Answer, 'status' | 'headers'> {
  /** What arrived since the last call, up to and with this text; waits for it, and fails if the answer ends before. */
  until(text: string): Promise<string>;
  /** Everything up to the answer's end. */
  rest(): Promise<string>;
  /** Goes away in the middle, as a closed browser tab does. */
  leave(): void;
}

/** Opens a request over HTTP/1.1 and gives its answer as soon as the head is there. */
export function read1(to: Endpoint, ask: Ask): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const request = open1(to, ask);
    request.on('error', reject);
    request.on('response', (response) => {
      resolve({
        status: response.statusCode ?? 0,
        headers: pairs(response.rawHeaders),
        ...collect(response),
        leave: () => void request.destroy(),
      });
    });
    request.end(ask.body);
  });
}

/** The same over HTTP/2, on a session of its own. */
export async function read2(to: Endpoint, ask: Ask): Promise<Reading> {
  const session = await session2(to);
  const stream = open2(session, to, ask, ask.body === undefined);
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('close', () => session.close());
    stream.on('response', (headers, _flags, raw?: string[]) => {
      resolve({
        status: headers[':status'] ?? 0,
        headers: pairs(raw ?? []),
        ...collect(stream),
        leave: () => {
          stream.close();
          session.destroy();
        },
      });
    });
    if (ask.body !== undefined) stream.end(ask.body);
  });
}

function collect(source: NodeJS.ReadableStream): Pick<Reading, 'until' | 'rest'> {
  const state = { text: '', ended: false, wake: () => {} };
  const change = (next: string, ended: boolean) => {
    state.text += next;
    state.ended ||= ended;
    state.wake();
  };
  source.setEncoding('utf8');
  source.on('data', (chunk: string) => change(chunk, false));
  for (const last of ['end', 'close', 'error']) source.on(last, () => change('', true));
  const changed = () => new Promise<void>((resolve) => (state.wake = resolve));
  const take = (length: number) => {
    const taken = state.text.slice(0, length);
    state.text = state.text.slice(length);
    return taken;
  };

  return {
    until: async (wanted) => {
      for (;;) {
        const at = state.text.indexOf(wanted);
        if (at !== -1) return take(at + wanted.length);
        if (state.ended)
          throw new Error(`the answer ended before ${JSON.stringify(wanted)}: ${JSON.stringify(state.text)}`);
        await changed();
      }
    },
    rest: async () => {
      while (!state.ended) await changed();
      return take(state.text.length);
    },
  };
}
