import type { HeaderChange } from '../../explain/answer.ts';
import type { Route } from '../../ir/model.ts';
import { showPath } from '../../policy/schema/path.ts';
import type { Check, HeaderExpectation } from '../check.ts';
import { admitted } from './entry.ts';
import { NO_SAFE_REQUEST, type Sample, sampleOf } from './sample.ts';
import { checkOf, type Spot, unchecked } from './spot.ts';

/** What a policy says of headers stands on every route's answer, be it the app's or a refusal. */
export function headers(spot: Spot): Check[] {
  return spot.site.routes.flatMap((route) => {
    const { headers: rules, hideServer } = route.modifiers;
    if (rules.size === 0 && !hideServer) return [];
    const path = showPath(route.pattern);
    const sample = sampleOf(spot, route);
    const names = [...rules.keys()].join(', ');
    const checks: Check[] = [];
    if (rules.size > 0) {
      const says = `${path} has ${names} as set, once`;
      checks.push(
        headerCheck(spot, route, sample, {
          name: 'headers',
          says,
          wanted: [...rules].flatMap((rule) => expected(rule, isAnswered(sample))),
        }),
      );
    }
    if (hideServer) {
      const wanted = ['Server', 'Via'].map((name): HeaderExpectation => ({ name, rule: { kind: 'absent' } }));
      checks.push(
        headerCheck(spot, route, sample, { name: 'server', says: `${path} tells no Server and no Via`, wanted }),
      );
    }
    return checks;
  });
}

interface Wanted {
  readonly name: 'headers' | 'server';
  readonly says: string;
  readonly wanted: readonly HeaderExpectation[];
}

function headerCheck(spot: Spot, route: Route, sample: Sample | undefined, { name, says, wanted }: Wanted): Check {
  const make = (probe: Check['probe']) =>
    checkOf(spot, { name, detail: showPath(route.pattern), says, origin: route.origin, probe });
  if (sample === undefined) return make(unchecked(NO_SAFE_REQUEST));
  // They stand on a refusal, too, so a credential is only used where it is there.
  const entry = admitted(spot, sample.ask);
  const { credential } = 'ask' in entry ? entry.ask : {};
  const ask = { ...sample.ask, ...(credential && { credential: { ...credential, needed: false } }) };
  return make({ kind: 'answer', to: spot.to, asks: [ask], expects: { headers: wanted } });
}

type Rule = [name: string, { readonly value: HeaderChange['rule']; readonly origin: Route['origin'] }];

/** What is set or removed holds of refusals, too; what is added or assumed only of what is answered. */
function expected([name, { value: rule, origin }]: Rule, answered: boolean): HeaderExpectation[] {
  switch (rule.kind) {
    case 'set':
      return [{ name, rule: { kind: 'once', value: rule.value.trim() }, origin }];
    case 'remove':
      return [{ name, rule: { kind: 'absent' }, origin }];
    case 'add':
      return answered ? [{ name, rule: { kind: 'one of them', value: rule.value.trim() }, origin }] : [];
    case 'default':
      return answered ? [{ name, rule: { kind: 'there' }, origin }] : [];
    case 'keep':
      return [];
    default:
      return rule satisfies never;
  }
}

function isAnswered(sample: Sample | undefined): boolean {
  if (sample === undefined) return false;
  const { steps, end } = sample.way;
  return (
    end.kind !== 'refused' &&
    end.kind !== 'raw' &&
    steps.every(({ kind, verdict }) => kind !== 'auth' || verdict === 'passes')
  );
}
