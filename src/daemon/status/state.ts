import type { DiagnosticJson } from '../../diagnostics/as-json.ts';
import type { Outcome } from '../../reconcile/outcome.ts';
import { emptyHistogram, type Histogram } from './histogram.ts';

/**
 * All that a daemon tells of itself: plain values that go through JSON unchanged, replaced as a whole and never mutated.
 * Holds no policy text, no config and no secret. Times are ISO 8601, UTC.
 */
export interface DaemonStatus {
  readonly owner: string;
  readonly startedAt: string;
  /** Since the first pass that ended with the policies served. It stays: what is amiss later is told by the rest. */
  readonly readyAt?: string;
  readonly caddy: CaddyStatus;
  readonly revisions: RevisionsStatus;
  readonly lastPass?: PassStatus;
  /** When a pass last ended with the policies served. */
  readonly lastSuccessAt?: string;
  /** Absent while Caddy runs what was last applied. */
  readonly drift?: DriftStatus;
  /** As the policies last said that could be compiled. */
  readonly sites: readonly SiteStatus[];
  /** As they were last read. */
  readonly files: readonly FileStatus[];
  readonly problems: readonly Problem[];
  readonly counters: Counters;
}

export interface CaddyStatus {
  /** The admin API's, as an operator would write it. */
  readonly address: string;
  /** Absent before it was asked for the first time. */
  readonly reachable?: boolean;
  /** Since when it is reachable, or not. */
  readonly since?: string;
  /** Why not. */
  readonly reason?: string;
  /** The oldest release that can do what this one can, such as `2.11.3`. */
  readonly level?: string;
}

export interface RevisionsStatus {
  /** What the policies say, as far as they could be compiled. */
  readonly desired?: string;
  /** What Caddy said it runs when it was last looked at; absent when it runs nothing of ours. */
  readonly running?: string;
  readonly lastApplied?: { readonly revision: string; readonly at: string };
  /** What runs has to do well until then before it is one of the last good ones; ISO 8601. */
  readonly trialUntil?: string;
}

/** What became of a pass: an `Outcome`, or one of the daemon's own decisions. */
export type PassKind =
  | Exclude<Outcome['kind'], 'declined'>
  /** Caddy has drifted, and that is only reported. */
  | 'reported'
  /** Not sent: it was rejected or rolled back before, or healing it was given up. */
  | 'withheld'
  /** A bug. */
  | 'failed';

export const passKinds: readonly PassKind[] = [
  'applied',
  'unchanged',
  'invalid',
  'conflict',
  'overtaken',
  'refused',
  'rejected',
  'rolled-back',
  'rollback-failed',
  'unreachable',
  'reported',
  'withheld',
  'failed',
];

export interface PassStatus {
  readonly kind: PassKind;
  /** When it began. */
  readonly at: string;
  readonly milliseconds: number;
  /** One sentence for an operator. */
  readonly message: string;
  readonly hint?: string;
  readonly diagnostics: readonly DiagnosticJson[];
  /** Of the plan that was not pushed, for `--allow`. */
  readonly digest?: string;
}

/**
 * `edited`: ours is not as it was applied · `gone`: parts of ours are missing · `reset`: nothing of ours is left, or Caddy
 * came back with something else · `foreign`: ours is as it was, and others changed theirs, which is their right.
 */
export type DriftClass = 'edited' | 'gone' | 'reset' | 'foreign';

export interface DriftStatus {
  readonly class: DriftClass;
  readonly since: string;
}

export const conditionTypes = ['Accepted', 'Programmed', 'Verified'] as const;

/**
 * `Accepted`: it has no mistake, alone and with all others. `Programmed`: Caddy runs it as it is written now. `Verified`: its
 * checks went well after that.
 */
export type ConditionType = (typeof conditionTypes)[number];

export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word, such as a diagnostic's code. */
  readonly reason: string;
  readonly message: string;
  /** When `status` last changed. */
  readonly since: string;
}

export interface SiteStatus {
  readonly hosts: readonly string[];
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly conditions: readonly Condition[];
}

export interface FileStatus {
  readonly path: string;
  /** An older text of it is what counts, because this one has a mistake. */
  readonly held: boolean;
  readonly conditions: readonly Condition[];
}

/** Something that an operator should look into, although the daemon goes on. */
export interface Problem {
  /** One for each kind, such as `watch-limit`, `history-degraded`, `healing-stopped`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly since: string;
}

export interface Counters {
  readonly passes: Readonly<Record<PassKind, number>>;
  /** Pushes that Caddy took. */
  readonly loads: number;
  /** Those of them that undid a drift. */
  readonly heals: number;
  /** Seconds of one pass. */
  readonly passSeconds: Histogram;
  /** Seconds from when the last of the changed files was saved until Caddy ran it. */
  readonly saveToLiveSeconds: Histogram;
}

export interface StatusHolder {
  get(): DaemonStatus;
  /** Tells the listeners, unless `change` gives back what it got. */
  update(change: (status: DaemonStatus) => DaemonStatus): void;
  /** Gives the way to end it. A listener hears of each update, at once, and must not throw. */
  subscribe(listener: (status: DaemonStatus) => void): () => void;
}

export function createStatusHolder(initial: DaemonStatus): StatusHolder {
  const listeners = new Set<(status: DaemonStatus) => void>();
  let status = initial;
  return {
    get: () => status,
    update(change) {
      const next = change(status);
      if (next === status) return;
      status = next;
      for (const listener of listeners) listener(next);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export function initialStatus(owner: string, address: string, now: Date): DaemonStatus {
  return {
    owner,
    startedAt: now.toISOString(),
    caddy: { address },
    revisions: {},
    sites: [],
    files: [],
    problems: [],
    counters: {
      passes: Object.fromEntries(passKinds.map((kind) => [kind, 0])) as Record<PassKind, number>,
      loads: 0,
      heals: 0,
      passSeconds: emptyHistogram,
      saveToLiveSeconds: emptyHistogram,
    },
  };
}
