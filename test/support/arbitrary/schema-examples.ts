import * as fc from 'fast-check';
import type { SourceFile } from '../../../src/diagnostics/position.ts';
import { policySet } from './policy.ts';
import { type Filled, filledBy } from './schema-slots.ts';
import type { Schema } from './schema-walk.ts';
import type { Authored } from './values.ts';

const examplesOfSlot = 4;

/** What random policies do not say, because routes refuse it later with a reason of their own. */
const handmade: Authored = {
  services: {},
  sites: { 'a.example.com': { routes: { '/': { to: 'a:1', trusted_proxies: 'private', log: true } } } },
};

/** A way in which a policy fills a slot. */
export interface Example extends Filled {
  readonly policy: Authored;
}

/** Some ways in which random policies fill each slot, no two alike. */
export function examplesOf(schema: Schema): ReadonlyMap<string, Example[]> {
  const found = new Map<string, Example[]>();
  for (const policy of [handmade, ...fc.sample(policySet, { numRuns: 400, seed: 1 })]) {
    for (const filled of filledBy(schema, policy)) {
      const known = found.get(filled.slot) ?? [];
      const isNew = !known.some(({ value }) => JSON.stringify(value) === JSON.stringify(filled.value));
      if (isNew && known.length < examplesOfSlot) found.set(filled.slot, [...known, { ...filled, policy }]);
    }
  }
  return found;
}

/** A policy with another value, or another key, in one place. */
export function changed(policy: Authored, { path }: Example, bad: unknown, isKey: boolean): SourceFile {
  const change = (node: unknown, [step, ...rest]: readonly PropertyKey[]): unknown => {
    if (step === undefined) return bad;
    if (Array.isArray(node)) return node.map((item, index) => (index === step ? change(item, rest) : item));
    const entries = Object.entries(node as Authored).map(([key, value]): [string, unknown] => {
      if (key !== step) return [key, value];
      return isKey && rest.length === 0 ? [String(bad), value] : [key, change(value, rest)];
    });
    return Object.fromEntries(entries);
  };
  // Digits that no number of JavaScript keeps.
  const text = JSON.stringify(change(policy, path), null, 1).replace('"2^53 + 1"', '9007199254740993');
  return { path: 'a.json', text };
}
