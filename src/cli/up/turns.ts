import type { Turn } from '../../daemon/watch/turn.ts';

/** What the one worker has done, for those who wait for it. */
export interface Turns {
  put(turn: Turn): void;
  /** The next one that is as wanted; undefined when `signal` says that there is no use. */
  next(isWanted: (turn: Turn) => boolean, signal: AbortSignal): Promise<Turn | undefined>;
}

export function createTurns(): Turns {
  const waiting = new Set<(turn: Turn) => void>();
  return {
    put: (turn) => [...waiting].forEach((each) => each(turn)),
    next: (isWanted, signal) =>
      new Promise((resolve) => {
        const settle = (turn: Turn | undefined): void => {
          waiting.delete(offer);
          signal.removeEventListener('abort', giveUp);
          resolve(turn);
        };
        const offer = (turn: Turn): void => void (isWanted(turn) && settle(turn));
        const giveUp = (): void => settle(undefined);
        waiting.add(offer);
        if (signal.aborted) giveUp();
        else signal.addEventListener('abort', giveUp, { once: true });
      }),
  };
}
