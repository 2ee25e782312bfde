import { isVerified, type StoredEntry } from '../history/entry.ts';
import { table } from './table.ts';

/** An entry, and what can be said of it now. */
export interface Row {
  readonly entry: StoredEntry;
  readonly running: boolean;
  readonly pinned: boolean;
}

/** Newest first, one line each. Where several Caddys have had revisions, it says which. */
export function historyTable(rows: readonly Row[]): string {
  const several = new Set(rows.map(({ entry }) => entry.caddy)).size > 1;
  return table([
    ['REVISION', 'WHEN', 'OUTCOME', 'BY', 'CHANGES', ...(several ? ['CADDY'] : []), ''],
    ...rows.map((row) => {
      const { revision, time, outcome, by, changes, caddy } = row.entry;
      const counts = `+${changes.add} ~${changes.change} -${changes.remove}`;
      const when = `${time.slice(0, 19)}Z`;
      return [revision, when, outcome, `${by.command} (${by.user})`, counts, ...(several ? [caddy] : []), noteOf(row)];
    }),
  ]);
}

function noteOf({ entry, running, pinned }: Row): string {
  return [running && 'running', pinned && 'pinned', isVerified(entry) && 'verified', entry.reason]
    .filter(Boolean)
    .join(', ');
}
