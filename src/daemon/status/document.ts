import { healthOf, type Health, isFine, isReady } from './health.ts';
import { histogramBounds } from './histogram.ts';
import type { DaemonStatus, FileStatus, PassStatus, SiteStatus } from './state.ts';

/** What `/api/status` answers. Fields may be added; whatever else changes, changes `version`. */
export interface StatusDocument extends Omit<DaemonStatus, 'sites' | 'files' | 'lastPass'>, Health {
  readonly version: 1;
  /** Of the program. */
  readonly caddyctl: string;
  readonly ready: boolean;
  /** Upper bounds in seconds of the buckets that the counters count in. */
  readonly histogramBounds: readonly number[];
  readonly lastPass?: PassStatus & {
    /** With those that are left out. */
    readonly diagnosticsTotal: number;
  };
  readonly sites: readonly (SiteStatus & Judged)[];
  readonly files: readonly (FileStatus & Judged)[];
}

export interface Judged {
  /** Whether an operator can leave it alone. */
  readonly fine: boolean;
}

/** A hostile file can have thousands of mistakes, and this is sent on every change. */
const mostDiagnostics = 100;

/** `alive`: whether the worker gets on. */
export function statusDocument(status: DaemonStatus, program: string, alive: boolean): StatusDocument {
  const { sites, files, lastPass, ...rest } = status;
  return {
    version: 1,
    caddyctl: program,
    ...healthOf(status, alive),
    ready: isReady(status),
    histogramBounds,
    ...rest,
    ...(lastPass && { lastPass: shortened(lastPass) }),
    sites: sites.map(judged),
    files: files.map(judged),
  };
}

function shortened(pass: PassStatus): PassStatus & { readonly diagnosticsTotal: number } {
  const { diagnostics } = pass;
  return { ...pass, diagnostics: diagnostics.slice(0, mostDiagnostics), diagnosticsTotal: diagnostics.length };
}

function judged<T extends Pick<SiteStatus, 'conditions'>>(each: T): T & Judged {
  return { ...each, fine: isFine(each.conditions) };
}
