import type { StatusPlace } from '../status-options.ts';
import { ask, parsed, read } from './ask.ts';

const paths = { alive: '/healthz', ready: '/readyz' };

/** Why a daemon is not alive or not ready; undefined where it is. Rejects with a Failure, exit 4, where nobody answers. */
export async function askProbe(place: StatusPlace, what: 'alive' | 'ready'): Promise<string | undefined> {
  const answer = await ask(place, paths[what]);
  const text = await read(answer);
  if (answer.statusCode === 200) return undefined;
  const { reasons = [] } = parsed(text) as { readonly reasons?: readonly { readonly message: string }[] };
  return [`the daemon is not ${what}`, ...reasons.map(({ message }) => message)].join(': ');
}
