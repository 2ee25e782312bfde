import { setTimeout as sleep } from 'node:timers/promises';
import { type Ask, type Finding, type Guarantee, isProtection } from './guarantee.ts';

/** What the checks say of a config that runs. */
export interface Observation {
  readonly passed: readonly Finding[];
  /** They passed before the push and have failed ever since. */
  readonly regressions: readonly Finding[];
  /** They fail, and did so before the push. */
  readonly failing: readonly Finding[];
  /** They answered now so, now so. */
  readonly flapping: readonly Finding[];
  /** They could not be asked. */
  readonly skipped: readonly Finding[];
  /** How many were not asked, since the set is large: of sites that the push does not touch, or of very many that it does. */
  readonly unasked?: number;
}

export interface Observed {
  readonly ask: Ask;
  readonly guarantees: readonly Guarantee[];
  /** The ids of those that passed before. */
  readonly passedBefore: ReadonlySet<string>;
  /** Milliseconds that a fault may last, with the time to put back what was before. */
  readonly settle: number;
  /** Wait for what is new, too: it may have to come up first. */
  readonly isPatient: boolean;
}

/** Milliseconds between two rounds; the last one again and again. */
const pauses = [50, 100, 200, 400];
/** Parts of the settle time: for one answer, for what is new, for what only Caddy answers, and for all else. The rest is for putting back. */
const parts = { answer: 0.3, newcomer: 0.1, protection: 0.1, other: 0.6 };
/** Passes in a row after a failure, before one is believed to hold. */
const steady = 2;

/**
 * Asks until each check that passed before passes again, or one of them has failed for too long. What did not pass before is
 * asked once and not waited for, unless it is new.
 */
export async function observe({ ask, guarantees, passedBefore, settle, isPatient }: Observed): Promise<Observation> {
  const begun = performance.now();
  const known = new Map<string, Finding[]>();
  let open = guarantees;
  for (let round = 0; ; round++) {
    const left = Math.max(settle * parts.answer, settle * parts.other - (performance.now() - begun));
    for (const finding of await ask(open, settle * parts.answer, left)) {
      known.set(finding.id, [...(known.get(finding.id) ?? []), finding]);
    }
    const elapsed = performance.now() - begun;
    const isEarly = isPatient && elapsed < settle * parts.newcomer;
    open = guarantees.filter(
      ({ check, isNew }) => (passedBefore.has(check.id) || (isEarly && isNew)) && isOpen(known.get(check.id) ?? []),
    );
    const isLost = open.some((each) => {
      const patience = settle * (isProtection(each) ? parts.protection : parts.other);
      const wasGood = passedBefore.has(each.check.id);
      return wasGood && elapsed >= patience && round > 0 && !hasPassed(known.get(each.check.id) ?? []);
    });
    if (open.length === 0 || isLost || elapsed >= settle * parts.other) return sum([...known.values()], passedBefore);
    await sleep(Math.min(pauses[round] ?? Math.max(...pauses), settle / 10));
  }
}

function isOpen(findings: readonly Finding[]): boolean {
  return findings.some(hasFailed) && !findings.slice(-steady).every(({ state }) => state === 'passed');
}

function hasFailed({ state }: Finding): boolean {
  return state === 'failed';
}

function hasPassed(findings: readonly Finding[]): boolean {
  return findings.some(({ state }) => state === 'passed');
}

/** From failing to passing once is an app that came up. */
function isFlapping(findings: readonly Finding[]): boolean {
  return findings.filter(({ state }, at) => at > 0 && state !== findings[at - 1]?.state).length > 1;
}

function sum(all: readonly (readonly Finding[])[], passedBefore: ReadonlySet<string>): Observation {
  const told = (which: (findings: readonly Finding[], last: Finding) => boolean): Finding[] =>
    all.flatMap((findings) => {
      const isWell = hasPassed(findings) && !isFlapping(findings);
      const last = (isWell ? undefined : findings.findLast(hasFailed)) ?? findings.at(-1);
      return last !== undefined && which(findings, last) ? [last] : [];
    });
  return {
    passed: told((findings) => hasPassed(findings) && !isFlapping(findings)),
    regressions: told((findings, last) => hasFailed(last) && !hasPassed(findings) && passedBefore.has(last.id)),
    // What is no longer said and did not hold before is nobody's business.
    failing: told((_, last) => hasFailed(last) && !passedBefore.has(last.id) && !last.isDropped && !last.isUnreachable),
    flapping: told(isFlapping),
    // A Caddy in another container listens elsewhere than it looks from here: that says nothing of the site.
    skipped: told((_, last) => last.state === 'skipped' || (last.isUnreachable === true && !passedBefore.has(last.id))),
  };
}
