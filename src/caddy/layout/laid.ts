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
 * Names of routes that are there for the shape alone. They begin with `_`, which no host does (see `hostSlug`), and have the
 * name of their first host behind them.
 */
export const SHAPES = { hosts: '_hosts-', paths: '_paths-', alike: '_alike-' } as const;
