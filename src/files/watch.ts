import { createBell } from './watch-bell.ts';
import { endOfBurst } from './watch-burst.ts';
import { watchEvents } from './watch-events.ts';
import { gitWatch } from './watch-git.ts';
import { lookAt, looksSame, type Look } from './watch-look.ts';
import { pollPause, sweepPause } from './watch-pause.ts';
import { watchProblem, type WatchProblem } from './watch-problem.ts';

export interface WatchOptions {
  /** What is at or below the paths may read otherwise than before. Called once per burst of changes, never before the start. */
  readonly onTrigger: () => void;
  /** The system cannot watch, and the files are looked at regularly instead. Called at most once. */
  readonly onProblem: (problem: WatchProblem) => void;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Milliseconds without an event after which a burst of changes is over. */
  readonly quietMs?: number;
  /** Milliseconds from the first event of a burst after which there is a trigger even if it is not over. */
  readonly longestWaitMs?: number;
  /** Milliseconds between two looks for what no event told of. */
  readonly sweepMs?: number;
  /** Only look, every 100 ms: events of a network's disk tell only of what this machine does. */
  readonly poll?: boolean;
}

export interface Watching {
  /** Resolves when all that the watching held open is closed. Rejects with what `onTrigger` or `onProblem` threw. */
  readonly closed: Promise<void>;
}

/**
 * Watches files and folders of policies. Resolves when it has begun: what changes from then on leads to a trigger, what is
 * read after a trigger is at least as new as what led to it. Paths may be missing, come, go, be swapped, and be symlinks.
 *
 * Events only say when to look. What is compared is how the files look (`Look`), so an event too many, or about a file
 * that is no policy, triggers nothing; and one that is lost is made up for by the next sweep, after which the watch is set
 * up anew, because where one event was lost others would be.
 */
export async function watchSources(
  paths: readonly string[],
  { onTrigger, onProblem, signal, quietMs = 20, longestWaitMs = 2_000, sweepMs = 2_000, poll = false }: WatchOptions,
): Promise<Watching> {
  const bell = createBell(signal);
  const isGitAtWork = await gitWatch(paths);
  let problem: WatchProblem | undefined;
  let endEvents: (() => Promise<void>) | undefined;
  let took = 0;

  async function openEvents(): Promise<void> {
    // First the old: watches of one folder are shared, and one that follows a folder that is gone would be shared too.
    await closeEvents();
    endEvents = await watchEvents(paths, {
      onEvent: () => bell.ring(),
      onError: (error) => {
        problem ??= watchProblem(error);
        if (problem !== undefined) bell.ring();
      },
      signal,
    });
  }

  async function closeEvents(): Promise<void> {
    const end = endEvents;
    endEvents = undefined;
    await end?.();
  }

  async function pollIfRefused(): Promise<void> {
    if (problem === undefined || endEvents === undefined) return;
    await closeEvents();
    if (!signal.aborted) onProblem(problem);
  }

  async function takeLook(): Promise<Look> {
    const look = await lookAt(paths, poll);
    took = look.took;
    return look;
  }

  async function work(first: Look): Promise<void> {
    let known = first;
    while (!signal.aborted) {
      await pollIfRefused();
      const isPolling = endEvents === undefined;
      const pause = isPolling ? pollPause(took) : sweepPause(took, sweepMs);
      const wasTold = await bell.wait(pause);
      if (signal.aborted) return;
      const swept = wasTold ? undefined : await takeLook();
      if (swept !== undefined && looksSame(swept, known)) continue;
      const burst = await endOfBurst({ bell, takeLook, isGitAtWork, signal }, { quietMs, longestWaitMs }, known, swept);
      if (signal.aborted) return;
      if (looksSame(burst.look, known)) continue;
      known = burst.look;
      onTrigger();
      if (!burst.wasTold && endEvents !== undefined) {
        await openEvents();
        bell.ring();
      }
    }
  }

  async function untilStopped(first: Look): Promise<void> {
    try {
      await work(first);
    } finally {
      await closeEvents();
    }
  }

  if (!poll) await openEvents();
  await pollIfRefused();
  return { closed: untilStopped(await takeLook()) };
}
