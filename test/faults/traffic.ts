import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Backend, startBackend } from '../support/backend/backend.ts';
import { webSocketApp } from '../support/backend/websocket.ts';

export const host = 't.example.com';
/** How many at once. */
export const lanes = { kept: 16, fresh: 4, inFlight: 16, webSockets: 20, events: 20 };
/** Milliseconds from the end of one to the next. */
export const pauseMs = { kept: 5, fresh: 5, message: 100 };
export const slowEnd = 'the end';
const slowPieces = 20;
const pieceMs = 50;

/** What clients have met with. */
export interface Traffic {
  /** `repeated`: closed before any answer, and asked once more. */
  readonly kept: { readonly requests: number; readonly repeated: number; readonly failed: number };
  readonly fresh: { readonly requests: number; readonly failed: number };
  readonly inFlight: { readonly answers: number; readonly cut: number; readonly failed: number };
  readonly webSockets: { readonly messages: number; readonly cut: number };
  readonly events: { readonly received: number; readonly cut: number };
  readonly wrong: number;
  /** How often each kind of request met with which failure. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What the site's clients talk to. */
export async function startApp(): Promise<Backend> {
  return await startBackend({
    upgrade: webSocketApp().upgrade,
    app(incoming, response) {
      incoming.resume();
      if (incoming.url === '/quick') response.end('ok');
      else if (incoming.url === '/events') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        piecemeal(response, 'data: more\n\n', Infinity);
      } else piecemeal(response, '.'.repeat(1_000), slowPieces);
    },
  });
}

function piecemeal(response: ServerResponse, piece: string, count: number): void {
  let left = count;
  const timer = setInterval(() => {
    if (left-- > 0) response.write(piece);
    else response.end(slowEnd);
  }, pieceMs);
  response.on('close', () => clearInterval(timer));
}

export interface Clients {
  /** Ends them. */
  traffic(): Promise<Traffic>;
}

export async function startClients(port: number): Promise<Clients> {
  const child: ChildProcess = fork(new URL('traffic-client.ts', import.meta.url), [`${port}`], { execArgv: [] });
  const exited = once(child, 'exit');
  const heard = async (): Promise<unknown> => {
    const [said] = (await Promise.race([once(child, 'message'), exited])) as unknown[];
    if (typeof said === 'number') throw new Error(`the clients ended with ${said}`);
    return said;
  };
  await heard();
  return {
    async traffic() {
      const answered = heard();
      child.send('stop');
      return (await answered) as Traffic;
    },
  };
}
