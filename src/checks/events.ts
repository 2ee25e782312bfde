import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { head1, pairs, valuesOf } from './answer.ts';
import type { Ask } from './check.ts';
import type { Line } from './dialled.ts';
import type { Verdict } from './result.ts';

/** Types whose answers come piece by piece. */
const STREAMS = /^(text\/event-stream|application\/(x-)?ndjson|application\/stream\+json|application\/json-seq)/;

/** An answer that took longer than this to begin had time to come piece by piece. Milliseconds. */
const LONG_ENOUGH = 150;
/** How long the first piece of an open stream is waited for; some have nothing to say for long. */
const FIRST_PIECE = 2_000;

/** Whether events come one by one, uncompressed. `named`: a policy promises that there is a stream to be had. */
export async function checkEvents(line: Line, ask: Ask, named: boolean, signal: AbortSignal): Promise<Verdict> {
  const begun = performance.now();
  const response = await head1(line, ask, signal);
  try {
    const waited = performance.now() - begun;
    const refused = headVerdict(response, ask, named);
    return refused ?? (await flow(response, waited, signal));
  } finally {
    response.destroy();
  }
}

function headVerdict(response: IncomingMessage, ask: Ask, named: boolean): Verdict | undefined {
  const status = response.statusCode ?? 0;
  const answer = { headers: pairs(response.rawHeaders) };
  const [encoding] = valuesOf(answer, 'Content-Encoding');
  const [type = 'no type'] = valuesOf(answer, 'Content-Type');
  const isStream = status >= 200 && status < 300 && STREAMS.test(type);
  const expected = 'a stream that flows, uncompressed';
  if (encoding !== undefined && (isStream || named))
    return { outcome: 'failed', expected, got: `Content-Encoding: ${encoding}` };
  if ([502, 503, 504].includes(status) || (named && (status < 200 || status > 299)))
    return { outcome: 'failed', expected, got: `${status}` };
  if (isStream) return undefined;
  if (named) return { outcome: 'failed', expected: 'text/event-stream', got: type };
  const what = status >= 200 && status < 300 ? type : `${status}`;
  const path = ask.target.split('?', 1)[0] ?? '';
  return {
    outcome: 'skipped',
    reason: `GET ${path} is answered with ${what}: name a stream that is there, { events: /… }`,
  };
}

/** Pieces that come before the end are pieces that nothing held back. */
async function flow(response: IncomingMessage, waited: number, signal: AbortSignal): Promise<Verdict> {
  let text = '';
  response.setEncoding('utf8');
  const ended = new Promise<'end'>((resolve) => {
    for (const last of ['end', 'close', 'error']) response.once(last, () => resolve('end'));
  });
  const piece = new Promise<'piece'>((resolve) => {
    response.on('data', (chunk: string) => {
      text += chunk;
      resolve('piece');
    });
  });
  const stop = new AbortController();
  const quiet = sleep(FIRST_PIECE, 'quiet' as const, { signal: AbortSignal.any([signal, stop.signal]) });
  const first = await Promise.race([piece, ended, quiet]).finally(() => {
    quiet.catch(() => {});
    stop.abort();
  });
  if (first === 'quiet') return { outcome: 'skipped', reason: 'it opened, and said nothing while it was watched' };
  // The end of what was said at once comes with it.
  const next = await Promise.race([ended, sleep(20, 'open' as const)]);
  if (next === 'open') return { outcome: 'passed' };
  const events = text.split(/\r?\n\r?\n|\n/).filter((line) => line !== '').length;
  if (events > 1 && waited >= LONG_ENOUGH) {
    const got = `all of it at once with its end, after ${Math.round(waited)} ms`;
    return {
      outcome: 'failed',
      expected: 'a first event before the last',
      got,
      hint: 'something holds the answer back',
    };
  }
  return { outcome: 'skipped', reason: 'it ended with its first piece: too short to see whether it flows' };
}
