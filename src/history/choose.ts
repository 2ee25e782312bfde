import { goodEntries } from './condemned.ts';
import { isGood, isVerified, type StoredEntry } from './entry.ts';

export type Choice =
  | { readonly kind: 'entry'; readonly entry: StoredEntry }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'ambiguous'; readonly revisions: readonly string[] };

/** The revision whose hash begins so: its newest entry, whichever Caddy had it. `entries`: newest first. */
export function chooseRevision(entries: readonly StoredEntry[], prefix: string): Choice {
  const meant = entries.filter(({ revision }) => revision.startsWith(prefix.toLowerCase()));
  const revisions = [...new Set(meant.map(({ revision }) => revision))];
  if (revisions.length > 1) return { kind: 'ambiguous', revisions };
  const entry = meant.find(isGood);
  if (entry !== undefined) return { kind: 'entry', entry };
  return { kind: meant.length === 0 ? 'unknown' : 'rejected' };
}

/**
 * The last good revision before the one that this Caddy runs: one that was shown to work, if there is any, and none that a
 * rollback has left. Where what it runs is not known, or nothing at all, that is the last one that was good.
 */
export function choosePrevious(
  entries: readonly StoredEntry[],
  caddy: string,
  running: string | undefined,
): StoredEntry | undefined {
  const way = wayTo(goodEntries(entries).filter((entry) => entry.caddy === caddy));
  const now = way.findIndex(({ revision }) => revision === running);
  const before = way.slice(now + 1);
  return before.find(isVerified) ?? before[0];
}

/** How it came to what runs, each revision with its newest entry: a rollback takes the way back to where it leads. Newest first. */
function wayTo(entries: readonly StoredEntry[]): StoredEntry[] {
  const way: StoredEntry[] = [];
  for (const entry of entries.toReversed()) {
    const at = way.findIndex(({ revision }) => revision === entry.revision);
    if (at !== -1) way.splice(at, entry.by.command === 'rollback' ? way.length : 1);
    way.push(entry);
  }
  return way.toReversed();
}
