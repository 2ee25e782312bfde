import type { StoredEntry } from '../../../history/entry.ts';
import type { History } from '../../../history/history.ts';
import type { Counts } from '../../../plan/change.ts';

/** What became of which revision, and nothing of what was in it: no config, no reason, no user, no file. */
export interface HistoryFacts {
  /** Newest first. */
  readonly entries: readonly EntryFacts[];
  readonly pinned: string | null;
  /** Files that cannot be believed. */
  readonly damaged: number;
  readonly readable: boolean;
}

interface EntryFacts {
  readonly revision: string;
  readonly time: string;
  readonly outcome: StoredEntry['outcome'];
  readonly verified: boolean;
  readonly changes: Counts;
  readonly files: number;
  readonly caddyctl: string;
}

export async function historyFacts(history: History): Promise<HistoryFacts> {
  try {
    const { entries, problems } = await history.read();
    const pin = await history.readPin();
    return {
      entries: entries.map(entryFacts),
      pinned: pin === undefined ? null : shaped(pin.revision, /^[0-9a-f]+$/),
      damaged: problems.length,
      readable: true,
    };
  } catch {
    // Why is among the findings.
    return { entries: [], pinned: null, damaged: 0, readable: false };
  }
}

function entryFacts({ revision, time, outcome, verified, changes, inputs, by }: StoredEntry): EntryFacts {
  const { add, change, remove } = changes;
  return {
    revision: shaped(revision, /^[0-9a-f]+$/),
    time: shaped(time, /^[0-9TZ:.-]+$/),
    outcome,
    verified: verified === true,
    changes: { add, change, remove },
    files: inputs.length,
    caddyctl: shaped(by.version, /^\d+\.\d+\.\d+$/),
  };
}

/** A text of a file is repeated where it is what it should be. */
function shaped(text: string, form: RegExp): string {
  return text.length <= 64 && form.test(text) ? text : 'other';
}
