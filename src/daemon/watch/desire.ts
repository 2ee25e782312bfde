import { type Input, inputsOf } from '../../history/inputs.ts';
import type { Pinned } from './memory.ts';
import type { ReadPolicies } from './read-policies.ts';
import type { Settled } from './settled.ts';

/** What is settled once Caddy runs it: what is pinned, or what the policies come to. */
export function desireOf(pin: Pinned, policies: ReadPolicies | undefined): Omit<Settled, 'from' | 'epoch'> | undefined {
  if (pin.kind === 'holds') return pin.settled;
  if (policies?.config === undefined || policies.revision === undefined) return undefined;
  return {
    revision: policies.revision,
    config: policies.config,
    inputs: inputsOf(policies.sources, policies.owners?.file),
  };
}

/** The files of what is to run. */
export function inputsFor(pin: Pinned, policies: ReadPolicies | undefined): readonly Input[] {
  return pin.kind === 'holds' ? pin.settled.inputs : inputsOf(policies?.sources ?? [], policies?.owners?.file);
}
