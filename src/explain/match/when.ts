import type { Condition, When } from '../../policy/schema/matcher.ts';
import { isInRanges } from '../address-range.ts';
import type { Received } from '../received.ts';
import { globHolds } from './glob.ts';
import { headerHolds } from './header.ts';
import { all, type Holds, none } from './holds.ts';
import { protocolHolds } from './protocol.ts';
import { queryHolds } from './query.ts';
import { regexHolds } from './regex.ts';

/** What a condition is asked of: the request, and its client as the site knows it there. */
export interface Subject {
  readonly received: Received;
  readonly client: string | undefined;
}

/** Whether all that `when` says holds. */
export function whenHolds({ not, ...condition }: When, subject: Subject): Holds {
  return all(
    [() => conditionHolds(condition, subject), () => none(not ?? [], (each) => conditionHolds(each, subject))],
    (part) => part(),
  );
}

function conditionHolds(condition: Condition, subject: Subject): Holds {
  return all(conditionParts(condition), ({ holds }) => holds(subject));
}

interface Part {
  /** The key and value as a policy has them. */
  readonly says: string;
  readonly holds: (subject: Subject) => Holds;
}

function conditionParts(condition: Condition): Part[] {
  const { method, header, query, client_ip: ranges, protocol, regex, path_glob: globs, expression } = condition;
  const part = (key: string, value: unknown, holds: Part['holds']): Part => ({
    says: `${key} ${listed(value)}`,
    holds,
  });
  return [
    ...(method ? [part('method', method, ({ received }) => method.includes(received.asked.method))] : []),
    ...Object.entries(header ?? {}).map(([name, wanted]) =>
      part(`header ${name}`, wanted, ({ received }) => headerHolds(name, wanted, received)),
    ),
    ...Object.entries(query ?? {}).map(([key, wanted]) =>
      part(`query ${key}`, wanted, ({ received }) => queryHolds(key, wanted, received)),
    ),
    ...(ranges ? [part('client_ip', ranges, ({ client }) => client !== undefined && isInRanges(client, ranges))] : []),
    ...(protocol ? [part('protocol', protocol, ({ received }) => protocolHolds(protocol, received))] : []),
    ...(regex === undefined ? [] : [part('regex', regex, ({ received }) => regexHolds(regex, received))]),
    ...(globs ? [part('path_glob', globs, ({ received }) => globHolds(globs, received))] : []),
    ...(expression === undefined ? [] : [part('expression', expression, () => 'unknown')]),
  ];
}

function listed(values: unknown): string {
  if (Array.isArray(values)) return values.map((value) => (value === '' ? '""' : String(value))).join(' or ');
  return values === true ? 'there' : values === false ? 'not there' : String(values);
}

/** Those parts of `when` that turn out like this, in the policy's words: why a route lost, or what only Caddy can tell. */
export function partsThat(verdict: false | 'unknown', { not = [], ...condition }: When, subject: Subject): string[] {
  const own = conditionParts(condition).filter(({ holds }) => holds(subject) === verdict);
  // One that is excluded does its harm by holding.
  const excluded = not
    .filter((each) => conditionHolds(each, subject) === (verdict === false ? true : verdict))
    .map(
      (each) =>
        `not { ${conditionParts(each)
          .map(({ says }) => says)
          .join(', ')} }`,
    );
  return [...own.map(({ says }) => says), ...excluded];
}
