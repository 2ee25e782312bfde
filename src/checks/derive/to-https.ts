import type { Check } from '../check.ts';
import { checkOf, type Spot, unchecked, wayOf } from './spot.ts';

/** Plain http only tells the way to https. */
export function toHttps(spot: Spot): Check {
  const ask = { method: 'GET', target: '/caddyctl-check?to=https', host: spot.asked };
  const end = wayOf(spot, ask)?.end;
  const make = (probe: Check['probe']) =>
    checkOf(spot, {
      name: 'redirect',
      detail: 'to https',
      says: 'plain http is sent to https',
      origin: spot.site.http.origin,
      probe,
    });
  if (end?.kind !== 'redirect') return make(unchecked('only Caddy can tell'));
  const expects = {
    status: { oneOf: [end.status] },
    headers: [{ name: 'Location', rule: { kind: 'once', value: end.location } }],
  } as const;
  return make({ kind: 'answer', to: spot.to, asks: [ask], expects });
}
