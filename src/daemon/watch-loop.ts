import type { AdminError } from '../admin/errors.ts';
import type { AdminPort } from '../admin/port.ts';
import type { Target } from '../caddy/target.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { KnownFiles } from '../files/known-files.ts';
import { readOwnedSources } from '../files/read-owned.ts';
import { watchSources } from '../files/watch.ts';
import type { Log } from '../log.ts';
import type { PlanOptions } from '../plan/plan.ts';
import { fitHeap } from './heap.ts';
import type { Liveness } from './status/liveness.ts';
import { problemsAfter } from './status/problems.ts';
import type { StatusHolder } from './status/state.ts';
import { createBreaker } from './watch/breaker.ts';
import { createPulse } from './watch/caddy-pulse.ts';
import type { Memory } from './watch/memory.ts';
import { createPacing } from './watch/pacing.ts';
import type { Provide } from './watch/provide.ts';
import { createReconciler } from './watch/reconciler.ts';
import type { VerifySettings } from './watch/proof.ts';
import { createReporter, type Timing } from './watch/report.ts';
import { isServed } from './watch/result.ts';
import { createRetry } from './watch/retry.ts';
import { saveToLive } from './watch/save-to-live.ts';
import type { Reason, Triggers } from './watch/triggers.ts';
import type { Turn } from './watch/turn.ts';
import type { SelfHeal } from './watch/verdict.ts';

export interface WatchLoopParts {
  /** Files and folders of policies; `-` is `stdin`. */
  readonly paths: readonly string[];
  /** Gives the same text each time. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  readonly admin: AdminPort;
  readonly target: Target;
  /** For a Caddy of our own. */
  readonly provide?: Provide;
  readonly options: PlanOptions;
  readonly selfHeal: SelfHeal;
  readonly onError: 'refuse' | 'hold-file';
  /** Milliseconds between two passes where nothing happens. */
  readonly intervalMs: number;
  /** Look at the files instead of being told of changes. */
  readonly poll: boolean;
  /** Absent: nothing is remembered beyond this process, and nothing can be pinned. */
  readonly memory: Memory | undefined;
  /** Absent: what Caddy takes counts as good. */
  readonly verify?: VerifySettings | undefined;
  readonly status: StatusHolder;
  readonly liveness: Liveness;
  readonly log: Log;
  /** Shows the mistakes to a person at a terminal. */
  readonly show: (diagnostics: readonly Diagnostic[]) => void;
  /** Hears of each turn that is reported, right after it was. */
  readonly onTurn?: (turn: Turn) => void;
  /** Where a caller rings for a pass of its own. */
  readonly triggers: Triggers;
  /** Finish the pass under way, then end. */
  readonly stop: AbortSignal;
}

/** An editor may still be at it: a mistake is told when so many milliseconds passed without another change. */
const settleMs = 500;
/** From the first change of a burst that does not end; the watcher's own default would load too often. */
const longestWaitMs = 6_000;

/**
 * Keeps a Caddy at what the files say until `stop`. Level-triggered: whatever the reason to look, everything is read anew, by
 * one worker. Rejects for bugs alone.
 */
export async function watchLoop(parts: WatchLoopParts): Promise<void> {
  const { paths, target, intervalMs, selfHeal, status, log, triggers } = parts;
  const ended = new AbortController();
  const stop = AbortSignal.any([parts.stop, ended.signal]);
  const breaker = createBreaker(Math.max(60_000, 4 * intervalMs));
  const pulse = createPulse({
    admin: parts.admin,
    onBack: () => looks(selfHeal) && triggers.ring('caddy-back'),
    onChange: () => looks(selfHeal) && triggers.ring('caddy-changed'),
    onReachable: (error) => noteReachable(status, log, error),
  });
  const known = parts.poll ? undefined : new KnownFiles();
  const reconciler = createReconciler({
    ...parts,
    admin: pulse.admin,
    epoch: () => pulse.epoch(),
    breaker,
    read: () => readOwnedSources(paths, { ...target, stdin: parts.stdin ?? noInput, known }),
  });
  const reporter = createReporter(status, log, breaker, parts.show);
  const pacing = createPacing(triggers);
  const retry = createRetry();

  async function oneTurn(due: ReadonlySet<Reason>): Promise<{ readonly turn: Turn; readonly timing: Timing }> {
    const at = new Date();
    const begun = performance.now();
    log.debug({ reasons: [...due] }, 'pass begun');
    const turn = await reconciler.turn(due);
    const milliseconds = performance.now() - begun;
    if (turn.appliedAt === undefined || !due.has('files')) return { turn, timing: { at, milliseconds } };
    pacing.pushed();
    return { turn, timing: { at, milliseconds, saveToLive: await saveToLive(turn, turn.appliedAt) } };
  }

  async function work(): Promise<void> {
    let due: ReadonlySet<Reason> = new Set(['start']);
    while (!stop.aborted) due = await workOff(due);
  }

  /** One turn, and the waiting for the next. */
  async function workOff(due: ReadonlySet<Reason>): Promise<ReadonlySet<Reason>> {
    try {
      parts.liveness.begun();
      const { turn, timing } = await oneTurn(due).finally(() => parts.liveness.ended());
      const soon = turn.result.kind === 'invalid' ? await triggers.wait(settleMs, stop) : new Set<Reason>();
      // A mistake that was mended at once is nobody's business.
      if (!soon.has('files')) {
        reporter.report(turn, timing);
        fitHeap(turn.policies?.model?.sites.length ?? 0);
        parts.onTurn?.(turn);
      }
      return await next(turn, soon);
    } catch (error) {
      // A bug. Caddy serves on, and what brought it about may pass; an end would only bring the next start to the same place.
      reporter.failed(error);
      const found = await triggers.wait(retry.next(), stop);
      return found.size === 0 ? new Set(['retry']) : found;
    }
  }

  async function next(turn: Turn, soon: ReadonlySet<Reason>): Promise<ReadonlySet<Reason>> {
    const isPassing = turn.result.isPassing === true || turn.fallback?.isPassing === true;
    if (!isPassing) retry.reset();
    if (soon.size > 0) return await pacing.calm(soon, stop);
    const rest = isServed(turn.result) && !looks(selfHeal) ? Infinity : intervalMs;
    const bake = looksAgain(turn);
    const wait = isPassing ? Math.min(retry.next(), rest) : Math.min(rest, bake);
    const found = await triggers.wait(wait, stop);
    if (found.size === 0) return new Set([wait < rest ? 'retry' : 'interval']);
    if (found.has('caddy-back')) retry.reset();
    return await pacing.calm(found, stop);
  }

  const files = [
    ...paths.filter((path) => path !== '-'),
    ...(target.ownersFile === undefined ? [] : [target.ownersFile]),
  ];
  const watching = await watchSources(files, {
    onTrigger: () => triggers.ring('files'),
    onProblem(problem) {
      const now = new Date().toISOString();
      log.warn({ code: problem.code, reason: problem.message, hint: problem.hint }, 'files are polled');
      status.update((before) => ({
        ...before,
        problems: problemsAfter(before.problems, now, [['watching', problem]]),
      }));
    },
    longestWaitMs,
    poll: parts.poll,
    signal: stop,
  });
  log.info({ paths, owner: target.owner, admin: parts.admin.address }, 'watching');
  try {
    // Not waited for at the end: a Caddy that hangs would keep it.
    const beating = pulse.run(stop);
    await Promise.race([Promise.all([work(), watching.closed]), failureOf(beating)]);
  } finally {
    ended.abort();
    await Promise.allSettled([watching.closed]);
  }
}

/** Milliseconds until what is on trial is asked again: when its time is half over, at the end of it, and soon where it is not well. */
function looksAgain({ trialUntil, checks }: Turn): number {
  if (trialUntil === undefined) return Infinity;
  const left = Math.max(0, Date.parse(trialUntil) - Date.now()) + 10;
  const isWell = checks === undefined || checks.failing.length + checks.flapping.length === 0;
  return isWell ? (left > 20_000 ? left / 2 : left) : Math.min(left, 5_000);
}

/** Never resolves. */
async function failureOf(promise: Promise<void>): Promise<never> {
  await promise;
  return await new Promise<never>(() => {});
}

/** Whether drift is looked for at all. */
function looks(selfHeal: SelfHeal): boolean {
  return selfHeal !== 'off';
}

function noteReachable(status: StatusHolder, log: Log, error: AdminError | undefined): void {
  const reachable = error === undefined;
  const { caddy } = status.get();
  if (caddy.reachable === reachable && caddy.reason === error?.message) return;
  if (caddy.reachable !== undefined && caddy.reachable !== reachable) {
    if (reachable) log.info({ admin: caddy.address }, 'Caddy answers again');
    else log.warn({ admin: caddy.address, reason: error.message }, 'Caddy does not answer');
  }
  const { reason: _, ...known } = caddy;
  const since = caddy.reachable === reachable ? caddy.since : new Date().toISOString();
  status.update((before) => ({
    ...before,
    caddy: { ...known, reachable, ...(since !== undefined && { since }), ...(error && { reason: error.message }) },
  }));
}

/** For one who names files alone. */
const noInput: AsyncIterable<string> = {
  async *[Symbol.asyncIterator]() {
    yield* [];
  },
};
