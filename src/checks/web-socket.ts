import { WebSocket } from 'ws';
import type { Ask } from './check.ts';
import { dialled, type Line } from './dialled.ts';
import type { Verdict } from './result.ts';
import { userAgent } from './user-agent.ts';

/** How long a WebSocket without an answer to a ping must stay open. Milliseconds. */
const STAYS = 1_000;
const expected = '101, and a connection that stays open';

/** Whether a WebSocket opens, and answers a ping or stays open. `named`: a policy promises that it is let in. */
export function checkWebSocket(line: Line, ask: Ask, named: boolean, signal: AbortSignal): Promise<Verdict> {
  const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
  const connection = dialled(line);
  const scheme = line.to.tls ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${ask.host}${ask.target}`, {
    createConnection: () => connection,
    perMessageDeflate: false,
    followRedirects: false,
    headers: { Host: ask.host, 'User-Agent': userAgent, ...ask.headers },
  });
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  let stays: NodeJS.Timeout | undefined;
  socket.on('unexpected-response', (_request, response) => resolve(refusal(response.statusCode ?? 0, named)));
  socket.on('open', () => {
    // What the app says once it is open, and be it that it wants a better token, the upgrade went through.
    stays = setTimeout(() => resolve({ outcome: 'passed' }), STAYS);
    socket.ping();
  });
  for (const word of ['pong', 'ping', 'message'] as const) socket.on(word, () => resolve({ outcome: 'passed' }));
  socket.on('close', (code) => resolve(closed(code)));
  socket.on('error', reject);
  return promise.finally(() => {
    clearTimeout(stays);
    signal.removeEventListener('abort', stop);
    socket.terminate();
    connection.destroy();
  });
}

function refusal(status: number, named: boolean): Verdict {
  if (!named && (status === 401 || status === 403)) {
    const reason = `the app lets nobody in without a credential (${status}): name a path that does, { websocket: /… }`;
    return { outcome: 'skipped', reason };
  }
  return { outcome: 'failed', expected, got: `${status}` };
}

/** Above 4000 is the app's own word, 1008 that it wants a credential: both came over an open WebSocket. */
function closed(code: number): Verdict {
  if (code >= 4_000 || code === 1_008 || code === 1_000) return { outcome: 'passed' };
  return { outcome: 'failed', expected, got: `closed at once, ${code}` };
}
