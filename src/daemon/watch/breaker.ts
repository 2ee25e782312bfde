/** Ends a fight: two controllers that undo each other's work for ever harm the site more than either of them alone. */
export interface Breaker {
  /** Whether healing was given up. */
  isOpen(): boolean;
  /** Ours was put back. Opens when that happened too often in a short time. */
  healed(): void;
  /** Something else holds now: healing may be tried again. */
  reset(): void;
}

export const mostHeals = 3;

/** `windowMs`: in this time, `mostHeals` are too many. */
export function createBreaker(windowMs: number, now: () => number = () => performance.now()): Breaker {
  let heals: number[] = [];
  let open = false;
  return {
    isOpen: () => open,
    healed() {
      heals = [...heals.filter((each) => now() - each < windowMs), now()];
      open ||= heals.length >= mostHeals;
    },
    reset() {
      heals = [];
      open = false;
    },
  };
}
