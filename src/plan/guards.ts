import type { JsonValue } from '../caddy/json.ts';
import type { Description } from './describe/description.ts';
import { routeKeys } from './describe.ts';
import { itemsOf, own } from './live.ts';
import type { Ours } from './ours.ts';

/** A guard said no to a plan that is well formed, and perhaps meant. */
export interface Refusal {
  readonly guard: 'empty' | 'deletions' | 'growth' | 'copy';
  readonly reason: string;
  /** How to allow it. */
  readonly allow: string;
}

export interface GuardOptions {
  readonly allowEmpty: boolean;
  /** The part of our live routes that may go at once, 0 to 1. */
  readonly maxDelete: number;
  /** How many times as many routes there may be at once as before; any number where it is not said. */
  readonly maxGrowth?: number;
}

/** Stops what looks like an accident: a folder that was empty or not mounted, or half of the files missing. */
export function guard(before: Description, after: Description, options: GuardOptions): Refusal[] {
  const { allowEmpty, maxDelete, maxGrowth = Infinity } = options;
  const wanted = routeKeys(after);
  if (wanted.size === 0) return allowEmpty ? [] : [refuseEmpty(before.sites.size)];
  const live = routeKeys(before);
  if (wanted.size > live.size * maxGrowth && live.size > 0 && wanted.size - live.size >= FEWEST_NEW) {
    return [refuseGrowth(live.size, wanted.size, maxGrowth)];
  }
  const gone = [...live].filter((key) => !wanted.has(key)).length;
  if (gone <= live.size * maxDelete) return [];
  const percent = Math.ceil((gone / live.size) * 100);
  return [
    {
      guard: 'deletions',
      reason: `${gone} of ${live.size} live routes would go (${percent} %), more than the ${Math.floor(maxDelete * 100)} % that one apply may remove`,
      allow: `if that is meant, allow it once with --max-delete ${percent}%`,
    },
  ];
}

/** Where nothing would change, nothing can be lost: there is only the question whether nothing is there. Puts nothing into words. */
export function guardUnchanged({ servers }: Ours, { allowEmpty }: GuardOptions): Refusal[] {
  const hasHosts = (route: JsonValue): boolean =>
    itemsOf(own(route, 'match')).some((set) => itemsOf(own(set, 'host')).length > 0);
  const servesSome = [...servers.values()].some((server) => itemsOf(own(server, 'routes')).some(hasHosts));
  return allowEmpty || servesSome ? [] : [refuseEmpty(0)];
}

/** From one site to five is no accident. */
const FEWEST_NEW = 10;

function refuseGrowth(live: number, wanted: number, most: number): Refusal {
  return {
    guard: 'growth',
    reason: `there would be ${wanted} routes where ${live} ${live === 1 ? 'is' : 'are'} live, more than ${most} times as many`,
    allow: 'if that is meant, allow it once with --allow',
  };
}

function refuseEmpty(live: number): Refusal {
  const loss = live === 0 ? '' : `, and would remove all ${live} live sites`;
  return {
    guard: 'empty',
    reason: `the policies name no site${loss}`,
    allow: 'if that is meant, allow it with --allow-empty',
  };
}
