import type { HeaderChange, Step } from '../answer.ts';
import { isPreflight, type Place } from '../place.ts';

/** What is said on every answer of the route, refusals and redirects too. */
export function headersStep({ modifiers: { headers, hideServer } }: Place): Step[] {
  const named = [...headers].map(([name, { value: rule, origin }]): HeaderChange => ({ name, rule, origin }));
  const hidden = (hideServer ? ['Server', 'Via'] : [])
    .filter((name) => !headers.has(name))
    .map((name): HeaderChange => ({ name, rule: { kind: 'remove' } }));
  const changes = [...named, ...hidden];
  const origin = named[0]?.origin;
  if (changes.length === 0) return [];
  return [
    { kind: 'headers', verdict: 'passes', says: 'headers of the answer', headers: changes, ...(origin && { origin }) },
  ];
}

/** Answers preflights, and tells other origins what they may read. */
export function corsStep(place: Place): Step[] {
  const { cors } = place.modifiers;
  if (!cors) return [];
  const { origins, methods, headers, expose, credentials, max_age: maxAge } = cors.value;
  const lines = place.received.headers.get('Origin');
  const from = lines?.join(',') ?? '';
  const everyone = origins === '*';
  const isAllowed = lines !== undefined && (everyone || lines.some((line) => origins.includes(line)));
  const asksFor = place.received.headers.get('Access-Control-Request-Headers')?.join(',') ?? '';
  const changes: Record<string, string | null> = {
    'Access-Control-Allow-Origin': isAllowed ? (everyone && !credentials ? '*' : from) : null,
    'Access-Control-Allow-Credentials': isAllowed && credentials ? 'true' : null,
    'Access-Control-Expose-Headers': isAllowed && expose.length > 0 ? expose.join(', ') : null,
    ...(isPreflight(place) && {
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': headers === '*' ? asksFor : headers.join(', '),
      ...(maxAge !== undefined && { 'Access-Control-Max-Age': String(Math.floor(maxAge / 1_000)) }),
    }),
  };
  const said = Object.entries(changes).map(([name, value]): HeaderChange => {
    const rule = value === null ? ({ kind: 'remove' } as const) : ({ kind: 'set', value } as const);
    return { name, rule, origin: cors.origin };
  });
  const vary: HeaderChange = { name: 'Vary', rule: { kind: 'add', value: 'Origin' }, origin: cors.origin };
  const says = isPreflight(place)
    ? `a preflight is answered here with 204${isAllowed ? '' : ', and does not allow this origin'}`
    : lines === undefined
      ? 'no Origin: not a call from another site'
      : `${isAllowed ? 'allows' : 'does not allow'} the origin ${from}`;
  return [
    {
      kind: 'cors',
      verdict: isPreflight(place) ? 'ends' : 'passes',
      says,
      headers: everyone && !credentials ? said : [vary, ...said],
      origin: cors.origin,
    },
  ];
}
