import { headerHolds } from '../../explain/match/header.ts';
import { queryHolds } from '../../explain/match/query.ts';
import type { Subject } from '../../explain/match/when.ts';
import type { Condition, Presence } from '../../policy/schema/matcher.ts';
import { canonicalHeader } from '../../policy/schema/scalars.ts';
import { asItIs, byWhatHolds, type Class, type Dimension, type Draft, withHeader } from './dimension.ts';

/** One dimension for each header and each query key that a condition names. */
export function namedValues(conditions: readonly Condition[], plain: Draft): Dimension[] {
  const headers = gather(
    conditions.flatMap(({ header, protocol }) => [
      ...Object.entries(header ?? {}).map(([name, wanted]) => [canonicalHeader(name), wanted] as const),
      ...(protocol === 'grpc' ? [['Content-Type', ['application/grpc*']] satisfies [string, Presence]] : []),
    ]),
  );
  // What the site was found by.
  headers.delete('Host');
  const keys = gather(conditions.flatMap(({ query }) => Object.entries(query ?? {})));
  return [
    ...[...headers].map(([name, values]) =>
      dimension(`header ${name}`, values, plain, {
        holds: (wanted, { received }) => headerHolds(name, wanted, received),
        with: (draft, lines) => withHeader(draft, name, ...lines),
      }),
    ),
    ...[...keys].map(([key, values]) =>
      dimension(`query ${key}`, values, plain, {
        holds: (wanted, { received }) => queryHolds(key, wanted, received),
        with: (draft, lines) => ({ ...draft, query: [...draft.query, ...lines.map((line) => pair(key, line))] }),
      }),
    ),
  ];
}

function pair(key: string, value: string): string {
  return `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
}

function gather(said: readonly (readonly [string, Presence])[]): Map<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const [key, presence] of said) {
    const more = typeof presence === 'boolean' ? [] : presence;
    values.set(key, [...new Set([...(values.get(key) ?? []), ...more])]);
  }
  return values;
}

interface Way {
  readonly holds: (wanted: Presence, subject: Subject) => boolean;
  readonly with: (draft: Draft, lines: readonly string[]) => Draft;
}

/** Not there, there with something else, with each value that is named, and with each two of them. */
function dimension(of: string, values: readonly string[], plain: Draft, way: Way): Dimension {
  const words = values.map((value) => ({ says: value === '' ? '""' : value, word: sample(value) }));
  const pairs = words.flatMap((one, index) =>
    words.slice(index + 1).map((two): Class => {
      return { says: `${one.says} and ${two.says}`, shape: (draft) => way.with(draft, [one.word, two.word]) };
    }),
  );
  const choices: Class[] = [
    { says: 'absent', shape: asItIs },
    { says: 'another value', shape: (draft) => way.with(draft, [unlike(values)]) },
    ...words.map(({ says, word }): Class => ({ says, shape: (draft) => way.with(draft, [word]) })),
    ...pairs,
  ];
  const atoms = [true, ...values.map((value) => [value])].map(
    (wanted: Presence) => (subject: Subject) => way.holds(wanted, subject),
  );
  return byWhatHolds(of, choices, atoms, plain);
}

/** A value that a pattern with a star at either end takes. */
function sample(value: string): string {
  return value === '*' ? 'any' : value.replace(/^\*/, 'any').replace(/\*$/, 'any');
}

function unlike(values: readonly string[]): string {
  const words = values.map((value) => value.replace(/^\*|\*$/g, ''));
  for (let turn = 0; ; turn++) {
    const text = `other${turn}`;
    if (!words.some((word) => word !== '' && text.includes(word))) return text;
  }
}
