import { compareText } from '../diagnostics/order.ts';
import { type PathPattern, showPath } from '../policy/schema/path.ts';
import type { Route, Site } from './model.ts';

/**
 * The one comparison of paths: exact first, then the longest literal, then the fewest `*`. What is still equal is told
 * apart by where its first literal segment stands and at last by its text, so that the order is total.
 */
function comparePatterns(a: PathPattern, b: PathPattern): number {
  return (
    Number(b.exact) - Number(a.exact) ||
    literalLength(b) - literalLength(a) ||
    wildcards(a) - wildcards(b) ||
    compareSegments(a, b) ||
    compareText(showPath(a), showPath(b))
  );
}

function literalLength({ segments, slash }: PathPattern): number {
  const literals = segments.filter((segment) => segment !== '*');
  return literals.reduce((sum, segment) => sum + segment.length + 1, slash ? 1 : 0);
}

function wildcards({ segments }: PathPattern): number {
  return segments.filter((segment) => segment === '*').length;
}

function compareSegments(a: PathPattern, b: PathPattern): number {
  for (const [index, segment] of a.segments.entries()) {
    const difference = Number(segment === '*') - Number(b.segments[index] === '*');
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Sorts by the comparison; routes of one path keep the order written, for they are tried in turn. */
export function orderRoutes(routes: readonly Route[]): Route[] {
  return routes.toSorted((a, b) => comparePatterns(folded(a.pattern), folded(b.pattern)));
}

/** Caddy compares paths without regard to case, so `/API` and `/api` are one path. */
export function folded(pattern: PathPattern): PathPattern {
  return { ...pattern, segments: pattern.segments.map((segment) => segment.toLowerCase()) };
}

/** Whether every request that `inner` takes is also one that `outer` takes. */
export function covers(outer: PathPattern, inner: PathPattern): boolean {
  const [wide, narrow] = [folded(outer), folded(inner)];
  if (wide.exact && (!narrow.exact || wide.slash !== narrow.slash)) return false;
  const lengthFits = wide.segments.length - narrow.segments.length;
  return (
    (wide.exact ? lengthFits === 0 : lengthFits <= 0) &&
    wide.segments.every((segment, index) => segment === '*' || segment === narrow.segments[index])
  );
}

/** Exact hosts before wildcards, the deeper wildcard first, then by name. */
export function compareSites(a: Site, b: Site): number {
  const [hostA = '', hostB = ''] = [a.hosts[0], b.hosts[0]];
  return wildcardRank(hostA) - wildcardRank(hostB) || compareText(hostA, hostB);
}

/** 0 for an exact host; a wildcard's rank is lower the more labels it has. */
function wildcardRank(host: string): number {
  return host.startsWith('*.') ? 1_000 - host.split('.').length : 0;
}
