import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { webSocket } from '../support/client/websocket.ts';
import { host, lanes, pauseMs, slowEnd, type Traffic } from './traffic.ts';

/*
 * Keeps a site busy until it is told to stop, and says then what it came to. A process of its own, so that nothing else
 * that goes on in the suite is taken for a fault.
 */

const port = Number(process.argv[2]);
const stop = new AbortController();
const { signal } = stop;
const tally = {
  kept: { requests: 0, repeated: 0, failed: 0 },
  fresh: { requests: 0, failed: 0 },
  inFlight: { answers: 0, cut: 0, failed: 0 },
  webSockets: { messages: 0, cut: 0 },
  events: { received: 0, cut: 0 },
  wrong: 0,
  reasons: {} as Record<string, number>,
} satisfies Traffic;

/** Counts a failure by what the system says. */
function note(what: string, error: unknown): void {
  const name = `${what}: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`;
  tally.reasons[name] = (tally.reasons[name] ?? 0) + 1;
}

interface Got {
  readonly body: string;
  /** It broke off after its head. */
  readonly isCut: boolean;
}

/** Rejects where there was no answer at all. */
function ask(path: string, agent: Agent | false): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { Host: host }, agent });
    asked.on('error', reject);
    asked.on('response', (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('error', () => resolve({ body, isCut: true }));
      response.on('end', () => resolve({ body, isCut: false }));
    });
    asked.end();
  });
}

function check(got: Got): void {
  if (got.isCut) tally.inFlight.cut++;
  else if (got.body !== 'ok') tally.wrong++;
}

/** One connection, used again and again. A request that is closed on before any answer is repeated, once, on a new one. */
async function keepAsking(): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!signal.aborted) {
    tally.kept.requests++;
    try {
      check(await ask('/quick', agent));
    } catch (error) {
      tally.kept.repeated++;
      note('kept', error);
      await ask('/quick', agent).then(check, (again: unknown) => {
        tally.kept.failed++;
        note('repeated', again);
      });
    }
    await sleep(pauseMs.kept);
  }
  agent.destroy();
}

async function askAnew(): Promise<void> {
  while (!signal.aborted) {
    tally.fresh.requests++;
    await ask('/quick', false).then(check, (error: unknown) => {
      tally.fresh.failed++;
      note('fresh', error);
    });
    await sleep(pauseMs.fresh);
  }
}

async function askLong(): Promise<void> {
  while (!signal.aborted) {
    try {
      const { body, isCut } = await ask('/slow', false);
      tally.inFlight.answers++;
      if (isCut || !body.endsWith(slowEnd)) tally.inFlight.cut++;
    } catch (error) {
      tally.inFlight.failed++;
      note('in flight', error);
    }
  }
}

async function talk(): Promise<void> {
  const socket = await webSocket({ host, port }, '/socket');
  const closed = socket.closed.then(() => 'closed');
  for (let count = 0; !signal.aborted; count++) {
    socket.send(`m${count}`);
    const answer = await Promise.race([socket.nextMessage(), closed]);
    if (answer !== `m${count}`) {
      tally.webSockets.cut++;
      return;
    }
    tally.webSockets.messages++;
    await sleep(pauseMs.message);
  }
  socket.leave();
}

function listen(): Promise<void> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/events', headers: { Host: host }, agent: false });
    const over = (): void => {
      if (!signal.aborted) tally.events.cut++;
      resolve();
    };
    asked.on('error', over);
    asked.on('response', (response) => {
      response.on('data', () => void tally.events.received++);
      response.on('error', () => {});
      response.on('close', over);
    });
    asked.end();
    signal.addEventListener('abort', () => asked.destroy());
  });
}

const many = (count: number, work: () => Promise<void>): Promise<void>[] => Array.from({ length: count }, work);

process.on('message', () => stop.abort());
process.send?.('ready');
await Promise.all([
  ...many(lanes.kept, keepAsking),
  ...many(lanes.fresh, askAnew),
  ...many(lanes.inFlight, askLong),
  ...many(lanes.webSockets, talk),
  ...many(lanes.events, listen),
]);
process.send?.(tally, () => process.exit(0));
