import type { AdminPort } from '../../admin/port.ts';
import type { RunningCaddy, Target } from '../../caddy/target.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { inputsDigest, inputsOf } from '../../history/inputs.ts';
import { knownOwners, type OwnedSources } from '../../files/read-owned.ts';
import type { PlanOptions } from '../../plan/plan.ts';
import type { Outcome } from '../../reconcile/outcome.ts';
import { pass, type PassInput } from '../../reconcile/pass.ts';
import { runningRevision } from '../../history/running.ts';
import type { DriftClass } from '../status/state.ts';
import { Blamed } from './blamed.ts';
import type { Breaker } from './breaker.ts';
import { desireOf, inputsFor } from './desire.ts';
import { foreignDigest } from './drift.ts';
import { createCompiler } from './compiler.ts';
import { type LastServed, servedAsRead, servedFrom } from './last-served.ts';
import type { Memory, Pinned } from './memory.ts';
import type { Provide } from './provide.ts';
import type { ReadPolicies } from './read-policies.ts';
import { createProof, type VerifySettings } from './proof.ts';
import { rememberedPass } from './remembered-pass.ts';
import { isServed, type Result, resultOf, type Verdict } from './result.ts';
import type { Settled } from './settled.ts';
import type { Reason } from './triggers.ts';
import { after, inRounds, isTakenBack, loadsOf, type Round, type Turn } from './turn.ts';
import { anotherCaddy, type Bench, judge, judgeFallback, type SelfHeal } from './verdict.ts';

export interface ReconcilerParts {
  /** The pulse's. */
  readonly admin: AdminPort;
  readonly epoch: () => number;
  readonly target: Target;
  readonly options: PlanOptions;
  readonly selfHeal: SelfHeal;
  readonly onError: 'refuse' | 'hold-file';
  readonly provide?: Provide | undefined;
  readonly read: () => Promise<OwnedSources>;
  readonly breaker: Breaker;
  readonly memory: Memory | undefined;
  /** Absent: what Caddy takes counts as good. */
  readonly verify?: VerifySettings | undefined;
}

export interface Reconciler {
  /** Reads everything anew and brings Caddy there. Rejects for bugs alone. */
  turn(reasons: ReadonlySet<Reason>): Promise<Turn>;
}

interface Attempt {
  readonly outcome: Outcome;
  readonly result: Result;
  readonly drift: DriftClass | undefined;
}

export function createReconciler(parts: ReconcilerParts): Reconciler {
  const { admin, epoch, options, selfHeal, read, breaker, memory } = parts;
  const { owner } = parts.target;
  const compiler = createCompiler(parts);
  const proof = createProof(parts.verify, memory, admin.address, () => compiler.target());
  let settled: Settled | undefined;
  /** What was settled before, as long as that revision may be put back. */
  let former: Settled | undefined;
  let isFirst = true;
  let lastServed: LastServed | undefined;
  let rejected: string | undefined;
  let knownInputs: string | undefined;
  let knownEpoch = 0;
  /** What the history has been told of already. */
  let recorded: string | undefined;
  /** What somebody applied of the policies as they are now. */
  let meant: string | undefined;
  /** What the last pass was about. */
  let seen: string | undefined;
  const blamed = new Blamed();

  function bench(failed?: string): Bench {
    const isNewCaddy = settled !== undefined && settled.epoch !== epoch();
    return {
      target: compiler.target(),
      options,
      selfHeal,
      breaker,
      address: admin.address,
      settled,
      isNewCaddy,
      rejected,
      failed,
    };
  }

  /** What was applied before is no news, whatever Caddy has lost of it meanwhile. */
  function optionsFor(revision: string | undefined): PlanOptions {
    if (revision === undefined || (revision !== settled?.revision && revision !== meant)) return options;
    const { maxGrowth: _, ...rest } = options;
    return { ...rest, allowEmpty: true, maxDelete: 1 };
  }

  async function fallBack(): Promise<Attempt | undefined> {
    const before = settled;
    if (before === undefined) return undefined;
    let verdict: Verdict | undefined;
    let drift: DriftClass | undefined;
    const outcome = await pass({
      admin,
      owner,
      options: optionsFor(before.revision),
      compile: async () => ({ diagnostics: [], config: before.config, revision: before.revision, origins: new Map() }),
      async confirm(plan) {
        ({ verdict, drift } = await judgeFallback(plan, { revision: before.revision }, bench()));
        return verdict === undefined;
      },
    });
    const attempt = { outcome, result: resultOf(outcome, verdict), drift };
    afterwards(attempt, before);
    return attempt;
  }

  /** Notes what Caddy runs now. */
  function afterwards({ outcome, drift }: Attempt, desire: Omit<Settled, 'from' | 'epoch'> | undefined): void {
    if (outcome.kind !== 'applied' && outcome.kind !== 'unchanged') return;
    if (drift !== undefined && settled?.epoch === epoch()) breaker.healed();
    if (desire === undefined) return;
    const isSame = settled?.from === 'here' && settled.revision === desire.revision && outcome.kind === 'unchanged';
    const foreign = isSame && settled?.foreign !== undefined ? settled.foreign : foreignDigest(after(outcome), owner);
    if (settled?.revision !== desire.revision) former = settled;
    settled = { ...desire, from: 'here', foreign, epoch: epoch() };
  }

  async function once(reasons: ReadonlySet<Reason>, round: number): Promise<Round> {
    const warnings: Diagnostic[] = [];
    const warn = (problem: Diagnostic): void => void warnings.push(problem);
    if (reasons.has('signal')) await proof?.forgive();
    if ((reasons.has('signal') && round === 1) || epoch() !== knownEpoch) blamed.forget();
    const [found, trial] = await Promise.all([read(), proof?.look(warn)]);
    const sources = blamed.asRead(found);
    const owners = knownOwners(sources);
    const inputs = inputsOf(sources.sources, owners?.file);
    const digest = inputsDigest(inputs);
    const whatIsRead = JSON.stringify([
      digest,
      owners?.all.map(({ folders }) => folders),
      sources.diagnostics.map(({ code, place }) => [code, place?.file.path]),
    ]);
    if (isFirst) settled = await memory?.lastGood(warn);
    meant = reasons.has('files') ? undefined : await memory?.applied(digest, trial, warn);
    const served = (lastServed ??= servedAsRead(sources.sources, settled?.inputs ?? [], owners?.file));
    isFirst = false;
    if (whatIsRead !== knownInputs || epoch() !== knownEpoch || reasons.has('signal')) {
      breaker.reset();
      rejected = undefined;
    }
    knownInputs = whatIsRead;
    knownEpoch = epoch();
    const before = new Map(settled?.inputs.map(({ path, sha256 }) => [path, sha256]));
    const changed = inputs.flatMap(({ path, sha256 }) => (before.get(path) === sha256 ? [] : [path]));
    const pin: Pinned = (await memory?.pinned(digest, warn)) ?? { kind: 'none' };

    let policies: ReadPolicies | undefined;
    let running: RunningCaddy | undefined;
    let desired: string | undefined;
    let verdict: Verdict | undefined;
    let drift: DriftClass | undefined;
    const input: PassInput = {
      admin,
      owner,
      options: ({ revision }) => optionsFor(revision),
      async compile(found) {
        running = found;
        policies = await compiler.compile(sources, whatIsRead, found, served);
        desired = policies.revision;
        if (pin.kind === 'lost') return { diagnostics: [pin.problem] };
        if (pin.kind !== 'holds') return policies;
        desired = pin.revision;
        const { config, revision } = pin.settled;
        return { diagnostics: [], config, revision, origins: new Map() };
      },
      async confirm(plan) {
        verdict = epoch() === knownEpoch ? undefined : anotherCaddy;
        if (verdict !== undefined) return false;
        const model = pin.kind === 'holds' ? undefined : policies?.model;
        const isSame = trial?.state === 'failed' && trial.inputs === inputsDigest(inputsFor(pin, policies));
        const failed = isSame || proof?.isHopeless(desired) === true ? (trial?.revision ?? desired) : undefined;
        ({ verdict, drift } = await judge(plan, { revision: desired ?? '', model }, bench(failed)));
        return verdict === undefined;
      },
    };
    const news = JSON.stringify([digest, pin.kind, pin.kind === 'holds' ? pin.revision : '']);
    const isKnown = news === recorded;
    const verify = proof?.verify(trial, !isKnown, news !== seen);
    seen = news;
    const compiled = () => inputsFor(pin, policies);
    const outcome = await rememberedPass(input, { memory, pin, verify, isKnown, inputs: compiled, warn });
    if (outcome.kind === 'rejected') rejected = desired;
    const isBlamed = outcome.kind === 'rejected' && blamed.note(sources, outcome.diagnostic, served);
    const main: Attempt = { outcome, result: resultOf(outcome, verdict), drift };
    const checks = proof?.note(outcome, desired);
    if (isTakenBack(outcome) && settled?.revision === desired) settled = former && { ...former, epoch: epoch() };
    afterwards(main, desireOf(pin, policies));
    if (isServed(main.result)) {
      recorded = news;
      if (pin.kind !== 'holds' && policies !== undefined) lastServed = servedFrom(policies.sources);
    }
    const isMistake =
      verdict !== anotherCaddy &&
      ['invalid', 'refused', 'rejected', 'withheld', 'rollback-failed'].includes(main.result.kind);
    const back = isMistake && desired !== settled?.revision ? await fallBack() : undefined;
    const last = back ?? main;
    return {
      result: main.result,
      fallback: back?.result,
      read: sources,
      policies,
      pinned: pin.kind === 'holds' ? pin.revision : undefined,
      desired,
      running,
      appliedAt: outcome.kind === 'applied' ? outcome.at : undefined,
      runs: runsAfter(last.outcome),
      loads: loadsOf(outcome) + (back === undefined ? 0 : loadsOf(back.outcome)),
      checks,
      trialUntil: await proof?.until(),
      settled,
      healed: last.outcome.kind === 'applied' ? last.drift : undefined,
      drift: isServed(last.result) ? foreignDrift(last.outcome) : last.drift,
      changed,
      warnings,
      again: isBlamed || verdict === anotherCaddy,
    };
  }

  return { turn: (reasons) => inRounds((round) => once(reasons, round)) };

  function runsAfter(outcome: Outcome): Turn['runs'] {
    if (!('plan' in outcome)) return undefined;
    return { revision: isTakenBack(outcome) ? settled?.revision : runningRevision(after(outcome).apps, owner) };
  }

  function foreignDrift(outcome: Outcome): DriftClass | undefined {
    if (outcome.kind !== 'unchanged' || settled?.foreign === undefined) return undefined;
    return foreignDigest(after(outcome), owner) === settled.foreign ? undefined : 'foreign';
  }
}
