import type { Place } from '../diagnostics/position.ts';

/** What a plan does, in the words of the policies. */
export type Change = SiteChange | ItemChange | TakeChange;

export type Sign = 'add' | 'remove' | 'change';

export interface SiteChange {
  readonly kind: 'site';
  readonly sign: Sign;
  /** Several when they are one site, or when the same changes in each. */
  readonly hosts: readonly string[];
  /** How many sites the hosts are. */
  readonly sites: number;
  readonly place?: Place | undefined;
  /** What holds for the whole site, or changes in all its routes alike. */
  readonly facts: readonly FactChange[];
  readonly routes: readonly RouteChange[];
}

export interface RouteChange {
  readonly sign: Sign;
  /** What the route takes: `/api`, `=/health`, `/ over http`. */
  readonly label: string;
  readonly place?: Place | undefined;
  readonly facts: readonly FactChange[];
}

/** Something that belongs to no site: a listener, the log, Caddy's own authority. */
export interface ItemChange {
  readonly kind: 'item';
  readonly sign: Sign;
  readonly name: string;
  readonly facts: readonly FactChange[];
}

/** Something of somebody else that a forced apply removes. */
interface TakeChange {
  readonly kind: 'take';
  readonly sign: 'remove';
  readonly name: string;
}

export interface FactChange {
  /** `to`, `header X-Frame-Options`, `max_body`. */
  readonly name: string;
  /** Absent where it was not said. "" where it was said in a form that has no words. */
  readonly before?: string;
  readonly after?: string;
}

export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

/** Routes, and what belongs to no route; a site counts by itself only where something holds for all of it. */
export function countChanges(changes: readonly Change[]): Counts {
  const signs = changes.flatMap((change): Sign[] => {
    if (change.kind !== 'site') return [change.sign];
    const whole: Sign[] = change.sign === 'change' && change.facts.length > 0 ? ['change'] : [];
    const each = [...whole, ...change.routes.map(({ sign }) => sign)];
    return Array.from({ length: change.sites }, () => each).flat();
  });
  const count = (wanted: Sign): number => signs.filter((sign) => sign === wanted).length;
  return { add: count('add'), change: count('change'), remove: count('remove') };
}
