import type { RunningCaddy } from '../caddy/target.ts';
import type { Compiled } from '../compile.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { degraded, skipped } from '../history/degraded.ts';
import type { By } from '../history/entry.ts';
import type { History } from '../history/history.ts';
import { type Input, inputsDigest } from '../history/inputs.ts';
import { meaningsBeside, openMeanings } from '../history/meanings.ts';
import type { Pin } from '../history/pin.ts';
import { setAside } from '../history/set-aside.ts';
import { keptVerification, type Verify } from './kept-verification.ts';
import { oncePer } from '../once-per.ts';
import type { Refusal } from '../plan/guards.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome } from './outcome.ts';
import type { PassInput } from './pass.ts';
import { entryOf, remember } from './remembered.ts';
import { verifiedPass } from './verify/verified-pass.ts';

export interface RecordedCompiled extends Compiled {
  /** The files that it was compiled from. */
  readonly inputs: readonly Input[];
}

export interface RecordedPassInput extends PassInput {
  readonly compile: (running: RunningCaddy | undefined) => Promise<RecordedCompiled>;
  readonly history: History;
  readonly by: By;
  /** What becomes of the pin when Caddy takes this: it stays, ends, or is this one. */
  readonly pin: 'stays' | 'ends' | Pin;
  /** Absent: nothing is asked of the sites. */
  readonly verify?: Verify | undefined;
}

export interface RecordedPass {
  readonly outcome: Outcome;
  /** What hindered the history. It never hinders a pass. */
  readonly warnings: readonly Diagnostic[];
  /** The pin that this pass ended, and the one that holds now; neither where the pin stays as it is. */
  readonly ended?: Pin | undefined;
  readonly pinned?: Pin | undefined;
  /** The file that keeps what Caddy ran, where something of somebody else's was removed. */
  readonly kept?: string | undefined;
}

/**
 * A pass that is remembered. The pin changes before the push, since a daemon would otherwise take the push for drift and undo
 * it, and changes back when nothing came of the push. What is somebody else's is removed only if it could be kept.
 */
export async function recordedPass(input: RecordedPassInput): Promise<RecordedPass> {
  const { history, by, pin, verify } = input;
  const warnings = new Map<string, Diagnostic>();
  const warn = (diagnostic: Diagnostic): void => void warnings.set(diagnostic.message, diagnostic);
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      warn(degraded(history.folder, error));
      return undefined;
    }
  };

  let compiled: RecordedCompiled | undefined;
  let kept: string | undefined;
  let unkept: Plan | undefined;
  let pins: { readonly before: Pin | undefined; readonly now: Pin | undefined } | undefined;
  const movePin = async (): Promise<void> => {
    if (pin === 'stays' || pins !== undefined) return;
    const before = await attempt(() => history.readPin());
    const wanted = pin === 'ends' ? undefined : pin;
    const isMoved = await attempt(async () => {
      await history.writePin(wanted);
      return true;
    });
    pins = { before, now: isMoved ? wanted : before };
  };
  const inputsNow = (): string => inputsDigest(compiled?.inputs ?? []);
  const verification = verify && keptVerification(verify, { ...input, inputs: inputsNow, attempt });
  const passed = await verifiedPass({
    ...input,
    verification,
    compile: async (running) => {
      compiled = await input.compile(running);
      return compiled;
    },
    confirm: async (plan) => {
      if (!(await input.confirm(plan))) return false;
      const keeping = await attempt(async () => ({ file: await setAside(history.folder, plan) }));
      unkept = keeping === undefined ? plan : undefined;
      if (keeping === undefined) return false;
      kept = keeping.file;
      await movePin();
      return true;
    },
  });
  const outcome: Outcome = unkept === undefined ? passed : { kind: 'refused', plan: { ...unkept, refusals: [UNKEPT] } };
  const isServed = outcome.kind === 'applied' || outcome.kind === 'unchanged';
  if (isServed) await movePin();
  else if (pins !== undefined) await attempt(() => history.writePin(pins?.before));

  const { config, revision, inputs } = compiled ?? {};
  const isVerified = (await verification?.end(outcome, revision)) ?? false;
  const what = entryOf(outcome, isVerified);
  if (what !== undefined && config !== undefined && revision !== undefined && inputs !== undefined) {
    const entry = { revision, ...what, inputs, by, caddy: input.admin.address };
    const problems = await attempt(() => remember(history, entry, config, verification?.said() ?? []));
    skipped(history.folder, problems ?? []).forEach(warn);
  }
  if (isServed && compiled !== undefined) await keepMeaning(history, compiled);
  const { before, now } = (isServed && pins) || {};
  const ended = now === undefined ? before : undefined;
  return { outcome, warnings: [...warnings.values()], ended, pinned: now, kept };
}

const UNKEPT: Refusal = {
  guard: 'copy',
  reason: 'what it takes from others cannot be kept first',
  allow: 'make room in the state folder, or name another: --state-dir',
};

const meaningsOf = oncePer(({ folder }: History) => openMeanings(meaningsBeside(folder)));

/** For those who ask later which requests would change. Where it cannot be kept, they are told that nobody knows. */
async function keepMeaning(history: History, { model, madeFor, revision }: RecordedCompiled): Promise<void> {
  if (model === undefined || madeFor === undefined || revision === undefined) return;
  await meaningsOf(history)
    .keep(revision, { sites: model.sites, ...madeFor })
    .catch(() => {});
}
