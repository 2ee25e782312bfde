/**
 * What a request pays for each part of a routing table, in microseconds of one core: measured on Caddy 2.11.4 by
 * `npm run bench:calibrate`. Only their proportions matter.
 */
export const COSTS = {
  /** A route whose host is another. */
  route: 0.14,
  /** A list of hosts: up to 100 are compared one by one, more are sorted and searched. */
  list: 0.14,
  listed: 0.012,
  sortedList: 0.4,
  /** A subroute, and each route in it, also one that is never reached: its list is put together for each request. */
  subroute: 0.31,
  routeWithin: 0.32,
} as const;

/** From so many hosts on a list is sorted. */
export const LONG_LIST = 101;

/** Sites on one server below which the plain table is as fast. */
export const SMALL_TABLE = 100;

/** Paths of a site below which a flat list is as fast. */
export const FEW_PATHS = 24;

/**
 * Branches of a site that stand among those of others, without a subroute for the site: to a request it is all the same, and
 * whatever is in a subroute Caddy reads once more when it loads.
 */
export const FEW_BRANCHES = 2;

/** Hosts in one `map`, which Caddy reads from its beginning, 8 ns an entry. */
export const MAP_ENTRIES = 500;

/** The cost of asking a list of so many hosts. */
export function costOfList(hosts: number): number {
  if (hosts >= LONG_LIST) return COSTS.sortedList;
  return hosts === 1 ? COSTS.route : COSTS.list + COSTS.listed * hosts;
}
