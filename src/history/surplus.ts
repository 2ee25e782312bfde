import { isGood, isVerified, type StoredEntry } from './entry.ts';

export interface Limits {
  readonly entries: number;
  readonly bytes: number;
  /** How many good revisions of each Caddy outlive everything else. */
  readonly good: number;
}

export const historyLimits: Limits = { entries: 200, bytes: 64 * 1024 * 1024, good: 5 };

/** One file of the history. */
export interface Sized {
  readonly name: string;
  readonly bytes: number;
  /** Absent where it cannot be read. */
  readonly entry?: StoredEntry;
}

/**
 * What must go, so that the history stays within its limits. What runs, what ran before it and the last verified ones stay,
 * however large.
 */
export function surplus(newestFirst: readonly Sized[], limits: Limits): Sized[] {
  const verified = last(newestFirst, isVerified, limits.good);
  const good = last(newestFirst, isGood, limits.good);
  const rank = (file: Sized): number =>
    verified.has(file) ? 0 : good.has(file) ? 1 : file.entry !== undefined ? 2 : 3;
  let bytes = 0;
  const dearest = newestFirst.toSorted((a, b) => rank(a) - rank(b));
  const end = dearest.findIndex((file, index) => {
    bytes += file.bytes;
    return index >= verified.size + 2 && (index >= limits.entries || bytes > limits.bytes);
  });
  return end === -1 ? [] : dearest.slice(end);
}

/** The newest entry of each of the last revisions of that kind. */
function last(newestFirst: readonly Sized[], isWanted: (entry: StoredEntry) => boolean, count: number): Set<Sized> {
  const revisions = new Map<string, Set<string>>();
  return new Set(
    newestFirst.filter(({ entry }) => {
      if (entry === undefined || !isWanted(entry)) return false;
      const seen = revisions.get(entry.caddy) ?? new Set();
      if (seen.has(entry.revision) || seen.size === count) return false;
      revisions.set(entry.caddy, seen.add(entry.revision));
      return true;
    }),
  );
}
