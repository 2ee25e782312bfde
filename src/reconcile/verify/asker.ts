import type { Target } from '../../caddy/target.ts';
import type { Check } from '../../checks/check.ts';
import { deriveChecks } from '../../checks/derive.ts';
import type { CheckResult } from '../../checks/result.ts';
import { runChecks } from '../../checks/run.ts';
import { type Where, whereOf } from '../../checks/where.ts';
import type { Compiled } from '../../compile.ts';
import { type KeptCheck, keptChecks, lineFinder } from '../../history/kept-check.ts';
import { droppedProtections } from './dropped.ts';
import type { Ask, Finding, Guarantee } from './guarantee.ts';

/** Asks the Caddy that is pushed to, as a client of its sites. */
export interface Asker {
  readonly ask: Ask;
  /**
   * What must hold once this is pushed: all that the policies say, and each protection that they said `before` and no longer
   * say. `before`: of what runs until then; absent where that is not known.
   */
  guarantees(compiled: Compiled, before: readonly KeptCheck[] | undefined): Promise<readonly Guarantee[]>;
  /**
   * Asks what the policies said the last time, as far as that is little, while others work on what they say now. A site that
   * says what it said has the very checks that it had. Milliseconds as of `Ask`.
   */
  ahead(milliseconds: number, inAll: number): Promise<Ahead>;
}

/** What was found of checks a moment ago. */
export type Ahead = ReadonlyMap<KeptCheck['check'], Finding>;

export interface AskerParts {
  /** What was compiled for, last. */
  readonly target: () => Target;
  /** Where Caddy is reached, if not as the policies name its listeners. */
  readonly connect?: Parameters<typeof whereOf>[2];
  /** PEM of a CA to trust beside the system's. */
  readonly ca?: string | undefined;
}

/** One app that is slow must not keep the others from being asked. */
const atOnce = 32;
/** More questions than these take longer than what they would be asked beside. */
const mostAhead = 100;

export function createAsker({ target, connect, ca }: AskerParts): Asker {
  let where: Where = new Map();
  let last: readonly Guarantee[] = [];
  const ask: Ask = async (guarantees, milliseconds, inAll) => {
    const checks = guarantees.map(({ check }) => check as Check);
    const timeout = Math.ceil(milliseconds);
    const signal = inAll === undefined ? undefined : AbortSignal.timeout(Math.ceil(inAll));
    const results = await runChecks(checks, where, { env: target().env, timeout, ca, signal, atOnce });
    return results.map((result, at) => findingOf(result, guarantees[at] as Guarantee));
  };
  return {
    ask,
    async ahead(milliseconds, inAll) {
      const few = last.length > mostAhead ? [] : last;
      const findings = await ask(few, milliseconds, inAll);
      return new Map(few.flatMap(({ check }, at) => (findings[at] === undefined ? [] : [[check, findings[at]]])));
    },
    async guarantees({ model }, before = []) {
      const old = before.map((kept) => ({ ...kept, isDropped: false, isNew: false }));
      if (model === undefined) return old;
      where = await whereOf(model, target(), connect);
      const known = new Set(before.map(({ check }) => check.id));
      const said = keptChecks(deriveChecks(model, { ...target(), where }));
      const dropped = droppedProtections(before, said, model);
      last = said.map((kept) => ({ ...kept, isDropped: false, isNew: !known.has(kept.check.id) }));
      return [...last, ...dropped.map((kept) => ({ ...kept, isDropped: true, isNew: false }))];
    },
  };
}

function findingOf(result: CheckResult, { line, isDropped }: Guarantee): Finding {
  const { id, site, says } = result.check;
  const about = { id, site, says, line, isDropped };
  switch (result.outcome) {
    case 'passed':
      return { ...about, state: 'passed' };
    case 'failed': {
      const { expected, got, hint, origin, unreachable } = result;
      const nearer = origin === undefined ? {} : { line: lineFinder()(origin) };
      return {
        ...about,
        ...nearer,
        state: 'failed',
        expected,
        got,
        ...(hint !== undefined && { hint }),
        ...(unreachable && { isUnreachable: true }),
      };
    }
    case 'skipped':
      return { ...about, state: 'skipped', reason: result.reason };
    default:
      return result satisfies never;
  }
}
