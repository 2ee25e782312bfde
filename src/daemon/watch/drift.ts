import { createHash } from 'node:crypto';
import { canonical } from '../../caddy/json.ts';
import { countChanges } from '../../plan/change.ts';
import { isDebianStub } from '../../plan/debian-stub.ts';
import { at, entriesOf, type Live } from '../../plan/live.ts';
import { oursOf } from '../../plan/ours.ts';
import type { Bases, Plan } from '../../plan/plan.ts';
import { overlay } from '../../plan/scope.ts';
import type { DriftClass } from '../status/state.ts';

/**
 * What happened to ours, where a plan for what was applied before is not empty. `isNewCaddy`: it was started since then, with
 * nothing, its stub or an older config.
 */
export function classOfDrift(plan: Plan, owner: string, isNewCaddy: boolean): Exclude<DriftClass, 'foreign'> {
  if (isNewCaddy || isBare(plan.base)) return 'reset';
  const { change, remove } = countChanges(plan.changes);
  return !hasOurs(plan.base, owner) || change + remove === 0 ? 'gone' : 'edited';
}

export function hasOurs({ apps, logging }: Bases, owner: string): boolean {
  return oursOf({ apps: apps.value, logging: logging.value }, owner).servers.size > 0;
}

/** A Caddy as it comes: without a config, or with the welcome page of a package. */
function isBare({ apps }: Bases): boolean {
  if (apps.value === null) return true;
  const servers = entriesOf(at(apps.value, 'http', 'servers'));
  return servers.length > 0 && servers.every(([, server]) => isDebianStub(server));
}

/** A hash of all that is not ours. */
export function foreignDigest(live: Live, owner: string): string {
  const { next } = overlay(live, { apps: {} }, owner);
  return createHash('sha256')
    .update(canonical([next.apps, next.logging]))
    .digest('hex');
}
