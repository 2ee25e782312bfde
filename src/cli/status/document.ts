import type { StatusDocument } from '../../daemon/status/document.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { StatusPlace } from '../status-options.ts';
import { ask, parsed, read, whyNot } from './ask.ts';

/** What a daemon tells of itself. Rejects with a Failure, exit 4. */
export async function askStatus(place: StatusPlace): Promise<StatusDocument> {
  const answer = await ask(place, '/api/status');
  if (answer.statusCode !== 200) throw await whyNot(answer, place);
  return statusOf(await read(answer), place);
}

/** Throws a Failure where a text is no status that this program understands. */
export function statusOf(text: string, { address }: StatusPlace): StatusDocument {
  const found = parsed(text) as Partial<StatusDocument>;
  if (found.version === 1) return found as StatusDocument;
  if (typeof found.version === 'number') {
    const message = `the daemon at ${address.text} is another version of caddyctl`;
    throw new Failure(exitCodes.unreachable, message, 'ask it with the version that it is');
  }
  throw new Failure(exitCodes.unreachable, `what answers at ${address.text} is no caddyctl`);
}
