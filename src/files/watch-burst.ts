import type { Bell } from './watch-bell.ts';
import { doubtAbout } from './watch-doubt.ts';
import { looksSame, type Look } from './watch-look.ts';

export interface BurstBounds {
  /** Milliseconds without an event after which it is over. */
  readonly quietMs: number;
  /** Milliseconds from its begin after which it is taken as it is. */
  readonly longestWaitMs: number;
}

export interface Burst {
  /** How the files look after it. */
  readonly look: Look;
  /** Whether there was an event at all. */
  readonly wasTold: boolean;
}

export interface BurstSenses {
  readonly bell: Bell;
  readonly takeLook: () => Promise<Look>;
  readonly isGitAtWork: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

// While in doubt: what ends it may go untold.
const nextLook = 100;

/**
 * Waits for the end of a burst of changes that has begun, by an event or, if `noticed` is given, by a look that differs
 * from what is known. It is over when nothing was heard for the quiet period and no doubt about what is seen is left.
 */
export async function endOfBurst(
  { bell, takeLook, isGitAtWork, signal }: BurstSenses,
  { quietMs, longestWaitMs }: BurstBounds,
  known: Look,
  noticed?: Look,
): Promise<Burst> {
  const deadline = performance.now() + longestWaitMs;
  let wasTold = noticed === undefined;
  let look = noticed;
  // Without events only a second look tells that a change is over.
  const beliefIn = (seen: Look): number => performance.now() + Math.max(doubtAbout(seen, known), wasTold ? 0 : quietMs);
  let believedAt = noticed === undefined ? 0 : beliefIn(noticed);
  for (;;) {
    let pause = look === undefined ? quietMs : Math.min(nextLook, Math.max(0, believedAt - performance.now()));
    let left = deadline - performance.now();
    while (left > 0 && (await bell.wait(Math.min(pause, left)))) {
      wasTold = true;
      pause = quietMs;
      left = deadline - performance.now();
    }
    if (!signal.aborted && performance.now() < deadline && (await isGitAtWork())) {
      look = undefined;
      continue;
    }
    const seen = await takeLook();
    if (look === undefined || !looksSame(look, seen)) believedAt = beliefIn(seen);
    look = seen;
    const now = performance.now();
    if (now >= deadline || signal.aborted) return { look, wasTold };
    if (now < believedAt) continue;
    // What changed while it was looked at may be seen in part.
    if (!(await bell.wait(0))) return { look, wasTold };
    wasTold = true;
    look = undefined;
  }
}
