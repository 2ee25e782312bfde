import type { Origin } from '../ir/origin.ts';
import type { Check } from './check.ts';

/** What came of one check. A skipped one has neither passed nor failed: what it says could not be found out. */
export type CheckResult = { readonly check: Check; readonly ms: number } & Verdict;

export type Verdict =
  | { readonly outcome: 'passed' }
  | {
      readonly outcome: 'failed';
      readonly expected: string;
      readonly got: string;
      readonly hint?: string;
      /** The policy line, where it is nearer than the check's own. */
      readonly origin?: Origin;
      /** Caddy's listener itself could not be reached. */
      readonly unreachable?: true;
    }
  | { readonly outcome: 'skipped'; readonly reason: string };
