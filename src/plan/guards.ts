import type { Description } from './describe/description.ts';
import { routeKeys } from './describe.ts';

/** A guard said no to a plan that is well formed, and perhaps meant. */
export interface Refusal {
  readonly guard: 'empty' | 'deletions';
  readonly reason: string;
  /** How to allow it. */
  readonly allow: string;
}

export interface GuardOptions {
  readonly allowEmpty: boolean;
  /** The part of our live routes that may go at once, 0 to 1. */
  readonly maxDelete: number;
}

/** Stops what looks like an accident: a folder that was empty or not mounted, or half of the files missing. */
export function guard(before: Description, after: Description, { allowEmpty, maxDelete }: GuardOptions): Refusal[] {
  const wanted = routeKeys(after);
  if (wanted.size === 0) return allowEmpty ? [] : [refuseEmpty(before)];
  const live = routeKeys(before);
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

function refuseEmpty(before: Description): Refusal {
  const live = before.sites.size;
  const loss = live === 0 ? '' : `, and would remove all ${live} live sites`;
  return {
    guard: 'empty',
    reason: `the policies name no site${loss}`,
    allow: 'if that is meant, allow it with --allow-empty',
  };
}
