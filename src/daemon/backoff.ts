/** Milliseconds to wait before the next try. */
export interface Backoff {
  /** `ran`: milliseconds that the last try lasted. One that lasted a while was no failed start: counting begins anew. */
  next(ran: number): number;
}

const shortest = 250;
const longest = 30_000;
const healthy = 60_000;

/** 250 ms, doubling to 30 s; begins anew after a minute that went well. */
export function createBackoff(): Backoff {
  let delay = shortest;
  return {
    next(ran) {
      if (ran >= healthy) delay = shortest;
      const now = delay;
      delay = Math.min(longest, delay * 2);
      return now;
    },
  };
}
