import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { lineColumn, type Place } from '../../diagnostics/position.ts';
import { type Origin, placeOf, within } from '../origin.ts';
import type { Owner } from './owners.ts';

type BreachCode = 'owner-count' | 'owner-feature' | 'owner-host' | 'owner-secret' | 'owner-upstream';

/** What an owner does that the operator's file does not let it, with the place of the rule. */
export function breach(
  code: BreachCode,
  owner: Owner,
  key: keyof Owner['rules'],
  said: { readonly message: string; readonly origin: Origin; readonly at?: 'key' | 'value' },
): Diagnostic {
  const rule = ruleOf(owner, key);
  return {
    code,
    severity: 'error',
    message: said.message,
    hint: `whoever runs this Caddy can allow it: "${key}" of ${owner.name} in ${lineOf(rule)}`,
    place: placeOf(said.origin, said.at),
    related: [{ message: `the rules of ${owner.name}`, place: rule }],
  };
}

/** Where the rule stands, or the owner where it has none. */
function ruleOf({ rules, origin }: Owner, key: keyof Owner['rules']): Place {
  return placeOf(isEmpty(rules[key]) ? origin : within(origin, key));
}

function isEmpty(rule: unknown): boolean {
  return rule === undefined || (Array.isArray(rule) && rule.length === 0);
}

/** `owners.yaml:7` */
function lineOf({ file, range }: Place): string {
  return `${file.path}:${lineColumn(file.text, range.start).line}`;
}
