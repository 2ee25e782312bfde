import { setImmediate } from 'node:timers/promises';

/** Wakes the one who waits. What rings while nobody waits is remembered, once. */
export interface Bell {
  ring(): void;
  /** True as soon as it has rung since the last wait, false after `ms` milliseconds of silence or when it is to stop. */
  wait(ms: number): Promise<boolean>;
}

/** The signal ends a wait at once, with nothing left open. */
export function createBell(signal: AbortSignal): Bell {
  let rung = false;
  let wake = (): void => {};
  signal.addEventListener('abort', () => wake(), { once: true });

  async function silence(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = () => {};
    // A process that was held up finds its timers over before it hears of what happened meanwhile.
    if (!rung && !signal.aborted) await setImmediate();
  }

  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(ms) {
      if (!rung && !signal.aborted) await silence(ms);
      const heard = rung && !signal.aborted;
      rung = false;
      return heard;
    },
  };
}
