/** How long to wait before what failed is tried again. */
export interface Retry {
  /** Milliseconds; longer and longer on average. */
  next(): number;
  /** It went well. */
  reset(): void;
}

const shortest = 250;
const longest = 30_000;

/** Full jitter: anything from nothing to a bound that doubles from 250 ms to 30 s, so that many do not come back at once. */
export function createRetry(random: () => number = Math.random): Retry {
  let bound = shortest;
  return {
    next() {
      const now = bound;
      bound = Math.min(longest, bound * 2);
      return Math.ceil(random() * now);
    },
    reset() {
      bound = shortest;
    },
  };
}
