import type { Target } from '../../caddy/target.ts';
import { createCompiler } from '../../daemon/watch/compiler.ts';
import { nothingServed } from '../../daemon/watch/last-served.ts';
import type { ReadPolicies } from '../../daemon/watch/read-policies.ts';
import { readOwnedSources } from '../../files/read-owned.ts';
import { pathsOf } from '../paths.ts';
import type { UpSettings } from './settings.ts';

/** What the policies come to, as the daemon will see them where it has served nothing yet. */
export async function firstLook(
  operands: readonly string[],
  { onError }: UpSettings,
  target: Target,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<ReadPolicies> {
  const read = await readOwnedSources(pathsOf(operands), { ...target, stdin });
  return await createCompiler({ target, onError }).compile(read, '', undefined, nothingServed);
}
