import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminPort } from '../admin/port.ts';
import type { RunningCaddy, Target } from '../caddy/target.ts';
import { compile, type Compiled } from '../compile.ts';
import type { SourceFile } from '../diagnostics/position.ts';
import type { PlanOptions } from '../plan/plan.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import { pass } from '../reconcile/pass.ts';
import { createBackoff } from './backoff.ts';

export interface CompiledSources extends Compiled {
  readonly sources: readonly SourceFile[];
}

export interface PolicyWork {
  readonly target: Target;
  readonly options: PlanOptions;
  /** Reads and compiles the files as they are now. */
  readonly read: (running: RunningCaddy | undefined) => Promise<CompiledSources>;
  /** Gets the outcome of each pass, with what was compiled for it if it came to that. */
  readonly report: (outcome: Outcome, compiled: CompiledSources | undefined) => void;
}

/** Brings the policies to a Caddy that has none. */
export interface PolicyWorker {
  /** One pass over the files. */
  apply(admin: AdminPort): Promise<Outcome>;
  /**
   * For a Caddy that takes the place of one that ended: passes until one succeeds or `ended` says that there is no use.
   * Where the files have become wrong meanwhile, what Caddy took last is served on.
   */
  restore(admin: AdminPort, ended: AbortSignal): Promise<void>;
}

export function createPolicyWorker({ target, options, read, report }: PolicyWork): PolicyWorker {
  let taken: readonly SourceFile[] | undefined;

  async function onePass(admin: AdminPort, compiling: PolicyWork['read']): Promise<Outcome> {
    let compiled: CompiledSources | undefined;
    const outcome = await pass({
      admin,
      owner: target.owner,
      options,
      compile: async (running) => {
        compiled = await compiling(running);
        return compiled;
      },
      confirm: async () => true,
    });
    if (isServed(outcome)) taken = compiled?.sources;
    report(outcome, compiled);
    return outcome;
  }

  async function asTaken(running: RunningCaddy | undefined): Promise<CompiledSources> {
    const sources = taken ?? [];
    return { ...compile(sources, running === undefined ? target : { ...target, running }), sources };
  }

  return {
    apply: (admin) => onePass(admin, read),
    async restore(admin, ended) {
      const backoff = createBackoff();
      while (!ended.aborted) {
        const outcome = await onePass(admin, read);
        if (isServed(outcome)) return;
        const isMistake = outcome.kind === 'invalid' || outcome.kind === 'refused' || outcome.kind === 'rejected';
        if (isMistake && !ended.aborted && isServed(await onePass(admin, asTaken))) return;
        await sleep(backoff.next(0), undefined, { signal: ended }).catch(() => {});
      }
    },
  };
}

/** Whether Caddy now serves what was compiled. */
export function isServed(outcome: Outcome): boolean {
  return outcome.kind === 'applied' || outcome.kind === 'unchanged';
}
