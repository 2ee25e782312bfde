const sweep = { share: 50, longestMs: 10_000 };
const poll = { share: 20, longestMs: 1_000 };
const pollMs = 100;

/**
 * Milliseconds to the next look for what no event told of, after one that took `took`. Of one processor's time looks take
 * a fiftieth, however many files there are; but one that a busy machine or a slow disk held up took long by the clock, and
 * that alone must not put the next one off for minutes.
 */
export function sweepPause(took: number, sweepMs: number): number {
  return Math.max(sweepMs, took, Math.min(took * sweep.share, sweep.longestMs));
}

/** The same where events tell nothing: a twentieth. */
export function pollPause(took: number): number {
  return Math.max(pollMs, took, Math.min(took * poll.share, poll.longestMs));
}
