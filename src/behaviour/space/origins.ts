import { isPreflight } from '../../explain/place.ts';
import type { Subject } from '../../explain/match/when.ts';
import type { Modifiers } from '../../ir/model.ts';
import { meaningOf } from '../meaning.ts';
import { asItIs, type Class, type Dimension, type Draft, withHeader } from './dimension.ts';

const ELSEWHERE = 'https://elsewhere.example';
const MOST = 8;

/** Calls from other sites, and the questions of browsers before them, where any of these routes treats them in its own way. */
export function origins(modifiers: readonly Modifiers[]): Dimension[] {
  const rules = modifiers.flatMap(({ cors }) => cors?.value ?? []);
  if (rules.length === 0 && modifiers.every(({ auth }) => auth === undefined)) return [];
  const isSame = new Set(modifiers.map(({ cors }) => meaningOf(cors?.value))).size === 1;
  const named = [...new Set(rules.flatMap((rule) => (rule.origins === '*' ? [] : rule.origins)))];
  const known = [...named.slice(0, isSame ? 1 : MOST), ELSEWHERE];
  const asking = (draft: Draft): Draft =>
    withHeader({ ...draft, method: 'OPTIONS' }, 'Access-Control-Request-Method', 'PUT');
  // Without rules for origins, one preflight is like the other.
  const preflightOf = (origin: string): string =>
    rules.length === 0 ? 'any, by a preflight' : `${origin}, by a preflight`;
  const classes: Class[] = [
    { says: 'none', shape: asItIs },
    ...(rules.length === 0 ? [] : known).map(
      (origin): Class => ({ says: origin, shape: (draft) => withHeader(draft, 'Origin', origin) }),
    ),
    ...known.map(
      (origin): Class => ({
        says: preflightOf(origin),
        shape: (draft) => asking(withHeader(draft, 'Origin', origin)),
      }),
    ),
  ];
  const says = classes.map((each) => each.says);
  const classOf = (subject: Subject): number => {
    const lines = subject.received.headers.get('Origin');
    if (lines === undefined) return 0;
    const [origin = ''] = lines;
    const one = known.includes(origin) ? origin : ELSEWHERE;
    // Which of several is believed, and what only looks like a preflight, is not told apart here.
    if (lines.length > 1 || (origin !== one && named.includes(origin))) return -1;
    if (!isPreflight(subject)) return rules.length === 0 ? 0 : says.indexOf(one);
    const isOdd = [...subject.received.headers.keys()].some((name) => /^(Upgrade|X-.*Method.*)$/.test(name));
    return isOdd ? -1 : says.indexOf(preflightOf(one));
  };
  return [{ of: 'origin', classes, classOf }];
}
