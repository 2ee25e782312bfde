import type { Target } from '../caddy/target.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { forbiddenByName, namesDialled } from '../ir/checks/forbidden.ts';
import type { Model } from '../ir/model.ts';
import type { NameLookup } from './name-lookup.ts';

/**
 * Upstreams whose names lead where none may, now: who answers for a name may answer otherwise later, so this finds mistakes
 * and careless traps, and a network that lets Caddy reach nothing else is what keeps the others out.
 */
export async function ledAstray(
  model: Model,
  { adminAddresses = [], statusAddresses = [] }: Target,
  lookup: NameLookup,
): Promise<Diagnostic[]> {
  const names = namesDialled(model);
  return forbiddenByName(model, { adminAddresses, statusAddresses }, await lookup.addressesOf(names));
}
