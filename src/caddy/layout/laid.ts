import type { Origin } from '../../ir/origin.ts';
import type { CaddyHandler } from '../handlers/context.ts';
import type { JsonObject } from '../json.ts';
import type { MatcherSet } from '../match.ts';

/** A route as it stands in Caddy's JSON. */
export type LaidRoute = JsonObject & {
  /** On all but what is nested for the shape alone. */
  readonly '@id'?: string;
  /** Absent where it takes all that come by. */
  readonly match?: readonly MatcherSet[];
  readonly handle: readonly CaddyHandler[];
  readonly terminal?: true;
};

/** Notes where what carries this `@id` was written. */
export type Mark = (id: string, origin: Origin) => void;

/**
 * Names of routes that are there for the shape alone, with the name of their first host behind them. No host and no path is
 * spelt so: behind a `_` that is one, a `-` begins another or a number (see `hostSlug` and `pathSlug`).
 */
export const SHAPES = { hosts: '_-hosts-', paths: '_-paths-', alike: '_-alike-' } as const;
