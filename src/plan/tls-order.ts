import type { JsonValue } from '../caddy/json.ts';
import { itemsOf, own } from './live.ts';

/** The subjects of an automation policy, lower-cased; none for the policy that takes every name. */
export function subjectsOf(policy: JsonValue): string[] {
  return itemsOf(own(policy, 'subjects')).flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : []));
}

/**
 * Caddy uses the first automation policy that covers a name. Ours go in front, so that a foreign policy for every name
 * does not decide about our sites; a wildcard of ours goes behind the foreign policies for names below it, and a policy
 * of ours for every name goes last, so that neither takes a name away from anyone.
 */
export function orderPolicies(ours: readonly JsonValue[], foreign: readonly JsonValue[]): JsonValue[] {
  const slots: JsonValue[][] = Array.from({ length: foreign.length + 1 }, () => []);
  for (const policy of ours) slots[slotOf(policy, foreign)]?.push(policy);
  return slots.flatMap((slot, index) => [...slot, ...foreign.slice(index, index + 1)]);
}

function slotOf(policy: JsonValue, foreign: readonly JsonValue[]): number {
  const subjects = subjectsOf(policy);
  if (subjects.length === 0) return foreign.length;
  const wildcards = subjects.filter((name) => name.startsWith('*.'));
  const isBelow = (name: string): boolean => wildcards.some((wildcard) => covers(wildcard, name) && wildcard !== name);
  const catchAll = foreign.findIndex((other) => subjectsOf(other).length === 0);
  const reached = catchAll === -1 ? foreign : foreign.slice(0, catchAll);
  return reached.findLastIndex((other) => subjectsOf(other).some(isBelow)) + 1;
}

/** A wildcard stands for one label, as in a certificate. */
function covers(wildcard: string, name: string): boolean {
  return name.slice(name.indexOf('.')) === wildcard.slice(1);
}
