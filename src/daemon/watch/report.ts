import { diagnosticsAsJson } from '../../diagnostics/as-json.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Log } from '../../log.ts';
import { observe } from '../status/histogram.ts';
import { problemsAfter } from '../status/problems.ts';
import type { DaemonStatus, DriftStatus, StatusHolder } from '../status/state.ts';
import { checksLogger } from './checks-log.ts';
import { conditionsAfter } from './conditions.ts';
import { isServed, type Result } from './result.ts';
import type { Turn } from './turn.ts';

/** When a turn was. */
export interface Timing {
  readonly at: Date;
  readonly milliseconds: number;
  /** From the save to the end of the pass, where it pushed what was saved. */
  readonly saveToLive?: number | undefined;
}

export interface Reporter {
  /** Into the status and the log. */
  report(turn: Turn, timing: Timing): void;
  /** A pass that ended in a bug. */
  failed(error: unknown): void;
}

/** `show` gets what a person at a terminal is shown beside the log. */
export function createReporter(
  status: StatusHolder,
  log: Log,
  breaker: { isOpen(): boolean },
  show: (diagnostics: readonly Diagnostic[]) => void,
): Reporter {
  let said = '';
  const logChecks = checksLogger();
  return {
    report(turn, timing) {
      const now = new Date().toISOString();
      const diagnostics = diagnosticsOf(turn);
      status.update((before) => statusAfter(before, turn, timing, diagnostics, breaker.isOpen(), now));
      const { result, fallback } = turn;
      // Every pass finds the same again, every 30 s for a year.
      const news = JSON.stringify([
        [result.kind, result.message, fallback?.kind, fallback?.message, turn.drift, turn.desired],
        diagnosticsAsJson(diagnostics),
      ]);
      const isNews = news !== said;
      said = news;
      if (isNews) {
        for (const each of diagnosticsAsJson(diagnostics).slice(0, 20)) {
          log[each.severity === 'error' ? 'error' : 'warn'](placed(each), 'diagnostic');
        }
        show(diagnostics);
      }
      if (turn.healed !== undefined) {
        log.warn({ drift: turn.healed, revision: turn.settled?.revision }, 'drift healed');
      }
      logResult(log, isNews, turn, timing);
      logChecks(log, turn);
    },
    failed(error) {
      const reason = error instanceof Error ? error.message : String(error);
      said = '';
      log.error({ reason, stack: error instanceof Error ? error.stack : undefined }, 'pass failed unexpectedly');
      status.update((before) => {
        const { counters } = before;
        const passes = { ...counters.passes, failed: counters.passes.failed + 1 };
        const lastPass = {
          kind: 'failed',
          at: new Date().toISOString(),
          milliseconds: 0,
          message: reason,
          diagnostics: [],
        } as const;
        return { ...before, lastPass, counters: { ...counters, passes } };
      });
    },
  };
}

function logResult(log: Log, isNews: boolean, { result, fallback, desired, drift }: Turn, timing: Timing): void {
  const ms = Math.round(timing.milliseconds);
  const fields = { outcome: result.kind, revision: desired, ms };
  if (result.kind === 'applied') {
    const { saveToLive } = timing;
    const saved = saveToLive === undefined ? {} : { saveToLiveMs: Math.round(saveToLive) };
    return log.info({ ...fields, ...saved, changes: result.message }, 'policies applied');
  }
  if (!isNews) return log.debug(fields, 'pass ended');
  const told = { ...fields, ...(drift && { drift }), ...wordsOf(result) };
  if (result.kind === 'unchanged') log.info(drift === undefined ? fields : { ...fields, drift }, 'nothing to apply');
  else if (result.kind === 'unreachable') log.warn(told, 'Caddy cannot be asked');
  else log.error(told, 'policies not applied');
  if (fallback !== undefined && !isServed(fallback)) {
    log.error({ outcome: fallback.kind, ...wordsOf(fallback) }, 'what was applied before is not live');
  }
}

function wordsOf({ message, hint, digest }: Result): object {
  return { reason: message, ...(hint !== undefined && { hint }), ...(digest !== undefined && { digest }) };
}

function placed({ code, message, hint, place }: ReturnType<typeof diagnosticsAsJson>[number]): object {
  const at = place === undefined ? {} : { place: `${place.file}:${place.line}:${place.column}` };
  return { code, ...at, reason: message, ...(hint !== undefined && { hint }) };
}

function diagnosticsOf({ read, policies, result, warnings }: Turn): Diagnostic[] {
  const held = [...(policies?.held.values() ?? [])].flat();
  return [...new Set([...held, ...(policies?.diagnostics ?? read.diagnostics), ...result.diagnostics, ...warnings])];
}

function statusAfter(
  { drift: driftBefore, ...before }: DaemonStatus,
  turn: Turn,
  timing: Timing,
  diagnostics: readonly Diagnostic[],
  isBreakerOpen: boolean,
  now: string,
): DaemonStatus {
  const { result, fallback, settled, running, runs, desired, warnings } = turn;
  const served = isServed(result);
  const isApplied = result.kind === 'applied' || fallback?.kind === 'applied';
  const { message, hint, digest } = result;
  const lastApplied =
    isApplied && settled !== undefined ? { revision: settled.revision, at: now } : before.revisions.lastApplied;
  const nowRuns = runs === undefined ? before.revisions.running : runs.revision;
  return {
    ...before,
    ...(served && before.readyAt === undefined && { readyAt: now }),
    ...(served && { lastSuccessAt: now }),
    caddy: { ...before.caddy, ...(running && { level: running.capabilities.level }) },
    revisions: {
      ...(desired !== undefined && { desired }),
      ...(nowRuns !== undefined && { running: nowRuns }),
      ...(lastApplied && { lastApplied }),
      ...(turn.trialUntil !== undefined && { trialUntil: turn.trialUntil }),
    },
    lastPass: {
      kind: result.kind,
      at: timing.at.toISOString(),
      milliseconds: timing.milliseconds,
      message,
      ...(hint !== undefined && { hint }),
      ...(digest !== undefined && { digest }),
      diagnostics: diagnosticsAsJson(diagnostics),
    },
    ...withDrift(driftAfter(driftBefore, turn, now)),
    ...conditionsAfter(before, turn, now),
    problems: problemsAfter(before.problems, now, [
      ['history-degraded', warnings[0]],
      ['healing-stopped', isBreakerOpen ? healingStopped : undefined],
    ]),
    counters: {
      passes: { ...before.counters.passes, [result.kind]: before.counters.passes[result.kind] + 1 },
      loads: before.counters.loads + turn.loads,
      heals: before.counters.heals + Number(turn.healed !== undefined),
      passSeconds: observe(before.counters.passSeconds, timing.milliseconds / 1_000),
      saveToLiveSeconds:
        timing.saveToLive === undefined
          ? before.counters.saveToLiveSeconds
          : observe(before.counters.saveToLiveSeconds, timing.saveToLive / 1_000),
    },
  };
}

/** An absent property, not one that is undefined. */
function withDrift(drift: DriftStatus | undefined): { drift?: DriftStatus } {
  return drift === undefined ? {} : { drift };
}

/** What was not looked at is as it was. */
function driftAfter(before: DriftStatus | undefined, { drift, runs }: Turn, now: string): DriftStatus | undefined {
  if (runs === undefined) return before;
  if (drift === undefined) return undefined;
  return before?.class === drift ? before : { class: drift, since: now };
}

const healingStopped = {
  message: 'somebody else undoes what is applied, again and again: healing is given up until a policy changes',
  hint: 'find who else writes to this Caddy, such as another caddyctl with the same --owner; SIGHUP heals again',
};
