import { createMemory } from '../../daemon/watch/memory.ts';
import { by, historyOf } from '../remembered.ts';
import type { UpSettings } from './settings.ts';

/**
 * The revision that this Caddy was last given, if the history still has it: after a restart over a mistake in a policy it is
 * served on. Undefined where there is none, or where it cannot be read.
 */
export async function servedBefore(
  options: UpSettings,
  env: NodeJS.ProcessEnv,
  address: string,
): Promise<string | undefined> {
  const history = await historyOf(options.owner, options.stateDir, env);
  return (await createMemory(history, by('up'), { address }).lastGood(() => {}))?.revision;
}
