import type { z } from 'zod';

export type Issue = z.core.$ZodIssue;

/** What our own schemas say beside a message. */
export interface Params {
  readonly code?: string;
  readonly hint?: string;
  readonly atKey?: boolean;
  readonly expected?: readonly string[];
}

export function paramsOf(issue: Issue): Params {
  return (issue.code === 'custom' && issue.params) || {};
}

/** Replaces a union's issue by those of the form that the value was meant to have, if one can be told. */
export function inMeantForm(issue: Issue, base: readonly PropertyKey[] = []): Issue[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_key')
    return issue.issues.map((inner) => ({ ...inner, path, params: { ...paramsOf(inner), atKey: true } }) as Issue);
  if (issue.code !== 'invalid_union') return [{ ...issue, path }];
  const forms = issue.errors.map((form) => form.flatMap((inner) => inMeantForm(inner, path)));
  const meant = forms.filter((form) => !form.some((inner) => isWrongKind(inner, path.length)));
  const [best] = meant.sort((a, b) => distance(a, path.length) - distance(b, path.length));
  if (best !== undefined) return best;
  const expected = forms
    .flat()
    .filter((inner) => isWrongKind(inner, path.length))
    .flatMap(expectations);
  return [{ code: 'custom', path, message: `expected ${oneOf(expected)}`, params: { code: 'wrong-type', expected } }];
}

/** The form is for another kind of value altogether. */
function isWrongKind(issue: Issue, depth: number): boolean {
  if (issue.path.length !== depth) return false;
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || paramsOf(issue).expected !== undefined;
}

/**
 * How far from right a form is: an unknown key says "another form" louder than a wrong value within it, and an item of
 * another kind says "a list of something else".
 */
function distance(form: readonly Issue[], depth: number): number {
  return form.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + 10 * issue.keys.length;
    const isItem = issue.path.length === depth + 1 && typeof issue.path.at(-1) === 'number';
    return sum + (isItem && isWrongKind(issue, depth + 1) ? 1_000 : 1);
  }, 0);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing (null)',
};

/** The kinds of value, and values in quotes, that would have been right. */
export function expectations(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_type') return [KINDS[issue.expected] ?? issue.expected];
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value));
  return paramsOf(issue).expected ?? [];
}

export function oneOf(choices: readonly string[]): string {
  const unique = [...new Set(choices)];
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}
