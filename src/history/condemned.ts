import { isGood, type StoredEntry } from './entry.ts';

/** Those that one can go back to: Caddy served them, and was not taken off them since. `entries`: newest first, and so is what it gives. */
export function goodEntries(entries: readonly StoredEntry[]): StoredEntry[] {
  const condemned = new Set<string>();
  const cleared = new Set<string>();
  return entries.filter((entry) => {
    const key = JSON.stringify([entry.caddy, entry.revision]);
    if (entry.outcome === 'rolled-back' && !cleared.has(key)) condemned.add(key);
    else if (isGood(entry)) cleared.add(key);
    return isGood(entry) && !condemned.has(key);
  });
}
