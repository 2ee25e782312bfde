import type { Place } from './position.ts';

export type Severity = 'error' | 'warning';

/** One mistake of an operator, as data: never thrown, always collected. */
export interface Diagnostic {
  /** Stable, from the catalogue in `codes.ts`. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong and why, one sentence without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  /** Other places that belong to it: "first set here". */
  readonly related?: readonly { readonly message: string; readonly place: Place }[] | undefined;
}
