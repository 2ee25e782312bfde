import type { Target } from '../caddy/target.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { dialsBehind, forbiddenByName, forbiddenUpstreams, namesDialled, namesOf } from '../ir/checks/forbidden.ts';
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
  const guarded = namesOf([...adminAddresses, ...statusAddresses]);
  const addresses = await lookup.addressesOf(new Set([...namesDialled(model), ...guarded]));
  const [admin, status] = [adminAddresses, statusAddresses].map((dials) => dialsBehind(dials, addresses));
  const behind = { adminAddresses: admin ?? [], statusAddresses: status ?? [] };
  const all = {
    adminAddresses: [...adminAddresses, ...behind.adminAddresses],
    statusAddresses: [...statusAddresses, ...behind.statusAddresses],
  };
  // What they are themselves was looked at before; not what their names lead to.
  const spelt = guarded.size === 0 ? [] : forbiddenUpstreams(model, behind);
  return [...spelt, ...forbiddenByName(model, all, addresses)];
}
