import type { Asked } from '../explain/asked.ts';
import type { Case } from './cases.ts';
import type { Change } from './compare.ts';
import { TAKEN_AWAY } from './effects.ts';
import type { PathTerm } from './paths/terms.ts';

/** One thing that changes, and for which requests. */
export interface Line {
  readonly change: Change;
  readonly where: Where;
  /** A request that shows it. */
  readonly example: Asked;
  /** What only Caddy can tell and must hold for the example to show it. */
  readonly provided: readonly string[];
  /** Whether a request is one of those that the line speaks of. */
  readonly covers: (asked: Asked) => boolean;
}

export interface Where {
  /** Listeners, as policies name them. */
  readonly at: readonly string[];
  /** `*.example.com` is each name below that has no site of its own, and `*` what belongs to no site. */
  readonly hosts: readonly string[];
  readonly paths: readonly PathTerm[];
  /** One of them must hold. */
  readonly cases: readonly Case[];
}

export interface BehaviourDiff {
  /** The most important first. */
  readonly lines: readonly Line[];
  /** What was not looked at, a sentence each. */
  readonly notes: readonly string[];
}

/** The lower, the sooner it is told. */
function rankOf({ change: { of, before, after } }: Line): number {
  if (of === 'host' || of === 'listener') return after === undefined ? 0 : 5;
  if (of === 'answer') {
    if (/^40[13]/.test(before ?? '')) return 1;
    return /^[45]\d\d/.test(after ?? '') ? 2 : 3;
  }
  if (of === 'gate') return 1;
  if (of.startsWith('header ')) return after === undefined || after === TAKEN_AWAY ? 6 : 7;
  const others = ['app path', 'app host', 'client that the app sees', 'rate limit', 'protocols', 'certificate'];
  return others.includes(of) || of.startsWith('app header ') ? 8 : 9;
}

export function byImportance(one: Line, other: Line): number {
  const text = ({ where, change }: Line): string => JSON.stringify([where.hosts, where.paths, change]);
  return rankOf(one) - rankOf(other) || (text(one) < text(other) ? -1 : 1);
}
