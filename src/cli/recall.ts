import { AdminError } from '../admin/errors.ts';
import type { AdminPort } from '../admin/port.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { degraded, skipped } from '../history/degraded.ts';
import type { StoredEntry } from '../history/entry.ts';
import type { History } from '../history/history.ts';
import type { Pin } from '../history/pin.ts';
import { runningRevision } from '../history/running.ts';
import type { Trial } from '../history/trial.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';

export interface Recalled {
  /** Newest first. */
  readonly entries: readonly StoredEntry[];
  readonly pin: Pin | undefined;
  /** What was pushed last, unless it is known to work. */
  readonly trial: Trial | undefined;
  /** What could not be believed and was left out. */
  readonly warnings: readonly Diagnostic[];
}

/** All that the history holds and can be believed; ends the command where it cannot be read at all. */
export async function recall(history: History): Promise<Recalled> {
  const { entries, problems } = await orFailure(history, () => history.read());
  const warnings = skipped(history.folder, problems);
  try {
    return { entries, pin: await history.readPin(), trial: await history.readTrial(), warnings };
  } catch (error) {
    return { entries, pin: undefined, trial: undefined, warnings: [...warnings, degraded(history.folder, error)] };
  }
}

export async function orFailure<T>(history: History, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = degraded(history.folder, error);
    throw new Failure(exitCodes.unexpected, `${history.folder}: ${message}`);
  }
}

/** The revision that Caddy runs, null where it runs none of ours; or why it cannot say. */
export async function askRunning(admin: AdminPort, owner: string): Promise<string | null | AdminError> {
  try {
    const { value } = await admin.read('apps');
    return runningRevision(value, owner) ?? null;
  } catch (error) {
    if (error instanceof AdminError) return error;
    throw error;
  }
}
