import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusDocument } from '../../daemon/status/document.ts';
import { createRetry } from '../../daemon/watch/retry.ts';
import { Failure } from '../failure.ts';
import type { Output } from '../output.ts';
import type { StatusPlace } from '../status-options.ts';
import { follow } from './follow.ts';

/** Milliseconds: the longest wait before a daemon that went away is asked again. */
const longestWait = 5_000;

/** Shows each status until `stop`, across the daemon's restarts. Rejects with a Failure where none was there to begin with. */
export async function watchStatus(
  place: StatusPlace,
  show: (status: StatusDocument) => Promise<void>,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const retry = createRetry();
  let isKnown = false;
  let isAway = false;
  while (!stop.aborted) {
    try {
      for await (const status of follow(place, stop)) {
        if (isAway) output.note('The daemon answers again');
        isKnown = true;
        isAway = false;
        retry.reset();
        await show(status);
      }
    } catch (error) {
      if (!isKnown || !(error instanceof Failure)) throw error;
    }
    if (stop.aborted) return;
    if (!isAway) output.note('The daemon does not answer; trying again');
    isAway = true;
    await sleep(Math.min(longestWait, retry.next()), undefined, { signal: stop }).catch(() => {});
  }
}
