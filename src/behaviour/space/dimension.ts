import type { Asked } from '../../explain/asked.ts';
import type { Holds } from '../../explain/match/holds.ts';
import type { Subject } from '../../explain/match/when.ts';
import { receive } from '../../explain/received.ts';

/** A request that is being put together. */
export interface Draft {
  readonly method: string;
  /** Encoded. */
  readonly path: string;
  /** `key=value` each, encoded. */
  readonly query: readonly string[];
  readonly headers: Asked['headers'];
  readonly from: string | undefined;
  readonly protocol: Asked['protocol'];
}

/** One thing by which requests are told apart, and all the ways in which they can be. */
export interface Dimension {
  /** `method`, `header X-Stage`, `client`. */
  readonly of: string;
  /** The first is the usual one. */
  readonly classes: readonly Class[];
  /** Which class a request is in; -1 where that cannot be told. */
  readonly classOf: (subject: Subject) => number;
}

export interface Class {
  readonly says: string;
  readonly shape: (draft: Draft) => Draft;
}

export const asItIs = (draft: Draft): Draft => draft;

export function withHeader(draft: Draft, name: string, ...values: readonly string[]): Draft {
  const others = draft.headers.filter(([each]) => each !== name);
  return { ...draft, headers: [...others, ...values.map((value) => [name, value] as const)] };
}

export function asAsked({ path, query, ...draft }: Draft, at: string, host: string): Asked {
  return { ...draft, at, host, target: `${path}${query.length > 0 ? `?${query.join('&')}` : ''}` };
}

type Atom = (subject: Subject) => Holds;

/** A dimension of which the classes are those choices that differ in what holds for them. */
export function byWhatHolds(of: string, choices: readonly Class[], atoms: readonly Atom[], plain: Draft): Dimension {
  const signOf = (subject: Subject): string => atoms.map((atom) => String(atom(subject))).join();
  const classes = new Map<string, Class>();
  for (const choice of choices) {
    const subject = subjectOf(choice.shape(plain));
    const sign = subject && signOf(subject);
    if (sign !== undefined && !classes.has(sign)) classes.set(sign, choice);
  }
  const signs = [...classes.keys()];
  return { of, classes: [...classes.values()], classOf: (subject) => signs.indexOf(signOf(subject)) };
}

/** What conditions are asked of, where neither TLS nor the host nor a proxy counts. */
export function subjectOf(draft: Draft): Subject | undefined {
  const received = receive(asAsked(draft, '', 'host'), false);
  return 'status' in received ? undefined : { received, client: received.from };
}
