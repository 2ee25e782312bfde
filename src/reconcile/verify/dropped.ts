import type { KeptCheck } from '../../history/kept-check.ts';
import type { Model } from '../../ir/model.ts';
import { isProtection } from './guarantee.ts';

/**
 * The protections that the policies said `before` and no longer say now, of sites that they still have. A site that is gone
 * has nothing to protect, and what is said otherwise now counts as it is said now.
 */
export function droppedProtections(
  before: readonly KeptCheck[],
  now: readonly KeptCheck[],
  { sites }: Pick<Model, 'sites'>,
): KeptCheck[] {
  const byId = new Map(now.map((kept) => [kept.check.id, kept]));
  const hosts = new Set(sites.flatMap((site) => site.hosts));
  return before
    .filter((kept) => isProtection(kept) && hosts.has(kept.check.site))
    .flatMap((kept) => {
      const same = byId.get(kept.check.id);
      return same === undefined ? [kept] : headersOnlyIn(kept, same);
    });
}

/** One check holds all headers of a route. */
function headersOnlyIn(before: KeptCheck, now: KeptCheck): KeptCheck[] {
  const { probe, id } = before.check;
  if (probe.kind !== 'answer' || now.check.probe.kind !== 'answer' || before.check.name !== 'headers') return [];
  const { headers: said = [] } = now.check.probe.expects;
  const names = new Set(said.map(({ name }) => name.toLowerCase()));
  const lost = (probe.expects.headers ?? []).filter(({ name }) => !names.has(name.toLowerCase()));
  if (lost.length === 0) return [];
  const list = lost.map(({ name }) => name).join(', ');
  const [path = ''] = before.check.says.split(' ');
  const check = {
    ...before.check,
    id: `${id} ${list}`,
    says: `${path} has ${list} as set`,
    probe: { ...probe, expects: { headers: lost } },
  };
  return [{ ...before, check }];
}
