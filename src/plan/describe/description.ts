import type { JsonValue } from '../../caddy/json.ts';
import type { Facts } from './facts.ts';

/** A config in the words of the policies. Made from the JSON alone, so that what is live can be told as well as what is wanted. */
export interface Description {
  /** By host. */
  readonly sites: ReadonlyMap<string, DescribedSite>;
  /** What belongs to no site: listeners, the log, Caddy's own authority. By name. */
  readonly items: ReadonlyMap<string, DescribedItem>;
}

export interface DescribedSite {
  readonly facts: Facts;
  /** By what they take: `/api`, `/ over http`. */
  readonly routes: ReadonlyMap<string, DescribedItem>;
}

export interface DescribedItem {
  /** Of a route they are put together when they are asked for: of most routes nobody asks. */
  readonly facts: Facts;
  /** The mark by which its place in the policies is found. */
  readonly id: string | undefined;
  /** All that Caddy is told: where the facts are equal and this is not, something changed that has no words. */
  readonly value: JsonValue;
  /** What else the facts come from. */
  readonly pages?: JsonValue | undefined;
}
