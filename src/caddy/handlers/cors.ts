import type { Modifiers } from '../../ir/model.ts';
import type { JsonObject } from '../json.ts';
import { type CaddyHandler, onlyWhen } from './context.ts';
import { placeholder } from '../placeholders.ts';

const ANSWER_HEADERS = [
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
];

/** Answers preflights itself, and says to other origins what the policy says, whatever the app would. */
export function cors({ cors: rules }: Modifiers): CaddyHandler[] {
  if (!rules) return [];
  const { origins, methods, headers, expose, credentials, max_age: maxAge } = rules.value;
  const everyone = origins === '*';
  const allowed: JsonObject = { header: { Origin: everyone ? [] : origins } };
  const set = {
    'Access-Control-Allow-Origin': [everyone && !credentials ? '*' : placeholder('http.request.header.Origin')],
    ...(credentials && { 'Access-Control-Allow-Credentials': ['true'] }),
    ...(expose.length > 0 && { 'Access-Control-Expose-Headers': [expose.join(', ')] }),
  };
  const preflight = {
    'Access-Control-Allow-Methods': [methods.join(', ')],
    'Access-Control-Allow-Headers': [
      headers === '*' ? placeholder('http.request.header.Access-Control-Request-Headers') : headers.join(', '),
    ],
    ...(maxAge !== undefined && { 'Access-Control-Max-Age': [String(Math.floor(maxAge / 1_000))] }),
  };
  return [
    // A cache must not give one origin's answer to another.
    ...(everyone && !credentials ? [] : [{ handler: 'headers', response: { add: { Vary: ['Origin'] } } }]),
    onlyWhen(allowed, [
      { handler: 'headers', response: { set } },
      { handler: 'headers', response: { deferred: true, set } },
    ]),
    onlyWhen({ not: [allowed] }, [{ handler: 'headers', response: { deferred: true, delete: ANSWER_HEADERS } }]),
    onlyWhen({ method: ['OPTIONS'], header: { Origin: [], 'Access-Control-Request-Method': [] } }, [
      { handler: 'headers', response: { set: preflight } },
      { handler: 'static_response', status_code: 204 },
    ]),
  ];
}
