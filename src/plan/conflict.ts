import type { Place } from '../diagnostics/position.ts';
import type { Desired, Live } from './live.ts';
import type { PlaceOf } from './sides.ts';
import type { Take } from './take.ts';

/** Somebody else has what the policies want. Nothing is pushed over it unless that is asked for. */
export interface Conflict {
  readonly kind: 'listen' | 'host' | 'tls' | 'setting' | 'log' | 'name';
  /** Both sides in an operator's words; a sentence without a full stop. */
  readonly message: string;
  readonly hint?: string | undefined;
  /** Where the policies say it. */
  readonly place?: Place | undefined;
  /** What a forced apply removes; nothing where both can stand side by side. */
  readonly takes: readonly Take[];
}

export interface ConflictInput {
  readonly live: Live;
  readonly desired: Desired;
  readonly owner: string;
  readonly placeOf: PlaceOf;
}
