import type { AdminPort } from '../../admin/port.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { degraded, skipped } from '../../history/degraded.ts';
import { goodEntries } from '../../history/condemned.ts';
import type { By } from '../../history/entry.ts';
import type { History } from '../../history/history.ts';
import { inputsDigest } from '../../history/inputs.ts';
import type { Pin } from '../../history/pin.ts';
import type { Trial } from '../../history/trial.ts';
import type { Settled } from './settled.ts';

/** The history as the daemon uses it. Whatever is wrong with it is told, and hinders nothing. */
export interface Memory {
  readonly history: History;
  readonly by: By;
  /** What this Caddy was given last, by whoever it was. */
  lastGood(warn: (problem: Diagnostic) => void): Promise<Settled | undefined>;
  /**
   * The revision that this Caddy was given last, or is being given, if it was made of policies with these `inputs`: whatever
   * a guard says of it, somebody has allowed it.
   */
  applied(inputs: string, trial: Trial | undefined, warn: (problem: Diagnostic) => void): Promise<string | undefined>;
  /** What holds in place of the policies, as long as their texts are those of `inputs`. */
  pinned(inputs: string, warn: (problem: Diagnostic) => void): Promise<Pinned>;
}

export type Pinned =
  | { readonly kind: 'none' }
  /** The policies have changed since. */
  | { readonly kind: 'over' }
  | { readonly kind: 'holds'; readonly revision: string; readonly settled: Omit<Settled, 'from' | 'epoch'> }
  /** It holds, and what it says cannot be read. */
  | { readonly kind: 'lost'; readonly problem: Diagnostic };

export function createMemory(history: History, by: By, admin: Pick<AdminPort, 'address'>): Memory {
  /** Where a pin does not say which policies it is against, it is against those that it was first met with. */
  const met = new Map<string, string>();

  async function goodEntry(revision: string | undefined, warn: (problem: Diagnostic) => void) {
    const { entries, problems } = await history.read();
    skipped(history.folder, problems).forEach(warn);
    const good = goodEntries(entries).filter((entry) => revision === undefined || entry.revision === revision);
    return good.find(({ caddy }) => caddy === admin.address) ?? (revision === undefined ? undefined : good[0]);
  }

  function inputsOfPin(pin: Pin, now: string): string {
    const known = pin.inputs ?? met.get(pin.time) ?? now;
    met.set(pin.time, known);
    return known;
  }

  return {
    history,
    by,
    async lastGood(warn) {
      try {
        const entry = await goodEntry(undefined, warn);
        if (entry === undefined) return undefined;
        const { revision, inputs } = entry;
        return { revision, inputs, config: await history.config(entry), from: 'history', epoch: 0 };
      } catch (error) {
        warn(degraded(history.folder, error));
        return undefined;
      }
    },
    async applied(inputs, trial, warn) {
      if (trial?.state === 'pushed' && trial.inputs === inputs) return trial.revision;
      try {
        const entry = await goodEntry(undefined, warn);
        return entry !== undefined && inputsDigest(entry.inputs) === inputs ? entry.revision : undefined;
      } catch (error) {
        warn(degraded(history.folder, error));
        return undefined;
      }
    },
    async pinned(inputs, warn) {
      let pin: Pin | undefined;
      try {
        pin = await history.readPin();
      } catch (error) {
        warn(degraded(history.folder, error));
      }
      if (pin === undefined || pin.caddy !== admin.address) return { kind: 'none' };
      if (inputsOfPin(pin, inputs) !== inputs) return { kind: 'over' };
      const { revision } = pin;
      try {
        const entry = await goodEntry(revision, warn);
        if (entry === undefined) return { kind: 'lost', problem: pinLost(history, revision) };
        const settled = { revision, config: await history.config(entry), inputs: entry.inputs };
        return { kind: 'holds', revision, settled };
      } catch (error) {
        warn(degraded(history.folder, error));
        return { kind: 'lost', problem: pinLost(history, revision) };
      }
    },
  };
}

function pinLost({ folder }: History, revision: string): Diagnostic {
  return {
    code: 'history-degraded',
    severity: 'error',
    message: `revision ${revision} is pinned, and ${folder} no longer holds it: what serves goes on`,
    hint: 'change a policy or run `caddyctl apply`, and the policies hold again',
  };
}
