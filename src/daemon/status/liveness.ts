/** Whether the one worker gets on. By the monotonic clock: a clock that is set must not look like a pass of a year. */
export interface Liveness {
  /** A pass begins. */
  begun(): void;
  /** It ended, whatever became of it. */
  ended(): void;
  /** Milliseconds that the pass under way has taken; undefined between passes. */
  underWay(): number | undefined;
  /** A pass that takes longer is stuck, in milliseconds. */
  readonly longest: number;
}

/** So many answers of Caddy's, each as late as it may be, can be in one pass and the one that falls back. */
const mostAnswers = 30;
/** For reading, compiling, probing addresses, what is written to disk, and asking after writes that broke off. */
const besides = 300_000;

/** `answerMs`: how long one answer of Caddy's may take. */
export function createLiveness(answerMs: number, now: () => number = () => performance.now()): Liveness {
  let since: number | undefined;
  return {
    longest: besides + mostAnswers * answerMs,
    begun: () => void (since = now()),
    ended: () => void (since = undefined),
    underWay: () => (since === undefined ? undefined : now() - since),
  };
}

/** The process answers, and its worker is between passes or in one that is not older than all its time-outs together. */
export function isAlive(liveness: Pick<Liveness, 'underWay' | 'longest'>): boolean {
  return (liveness.underWay() ?? 0) <= liveness.longest;
}
