import { createParser } from 'eventsource-parser';
import type { StatusDocument } from '../../daemon/status/document.ts';
import type { StatusPlace } from '../status-options.ts';
import { ask, whyNot } from './ask.ts';
import { statusOf } from './document.ts';

/** Milliseconds; a daemon that is well sends a sign of life each ten seconds. */
const patience = 25_000;
const mostBuffered = 64 * 1_024 * 1_024;

/** The status now and after each change, until the stream ends or breaks. Rejects with a Failure, exit 4. */
export async function* follow(place: StatusPlace, stop: AbortSignal): AsyncGenerator<StatusDocument> {
  const answer = await ask(place, '/api/events', patience);
  if (answer.statusCode !== 200) throw await whyNot(answer, place);
  const came: string[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => void (event === 'status' && came.push(data)),
    maxBufferSize: mostBuffered,
  });
  const leave = (): void => void answer.destroy();
  stop.addEventListener('abort', leave);
  try {
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      parser.feed(chunk);
      // Each is the whole: only the last counts.
      const last = came.splice(0).at(-1);
      if (last !== undefined) yield statusOf(last, place);
    }
  } catch (error) {
    if (!isBroken(error)) throw error;
  } finally {
    stop.removeEventListener('abort', leave);
    answer.destroy();
  }
}

/** The connection's end, in one of its ways. */
function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
