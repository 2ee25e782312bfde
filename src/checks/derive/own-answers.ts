import { showPath } from '../../policy/schema/path.ts';
import type { Check, Probe } from '../check.ts';
import { admitted } from './entry.ts';
import { NO_SAFE_REQUEST, sampleOf } from './sample.ts';
import { checkOf, type Spot, unchecked, wayOf } from './spot.ts';

/** What Caddy answers by itself: redirects and fixed answers. */
export function ownAnswers(spot: Spot): Check[] {
  return spot.site.routes.flatMap((route) => {
    const { kind } = route.handler;
    if (kind !== 'redirect' && kind !== 'respond') return [];
    const path = showPath(route.pattern);
    const make = (says: string, probe: Probe) =>
      checkOf(spot, { name: kind, detail: path, says, origin: route.origin, probe });
    const told = kind === 'redirect' ? `${path} sends elsewhere` : `${path} is answered as written`;
    const sample = sampleOf(spot, route);
    if (sample === undefined) return [make(told, unchecked(NO_SAFE_REQUEST))];
    const entry = admitted(spot, sample.ask);
    if ('reason' in entry) return [make(told, unchecked(entry.reason))];
    const { ask } = entry;
    const end = wayOf(spot, ask)?.end;
    if (end?.kind === 'redirect') {
      const expects = {
        status: { oneOf: [end.status] },
        headers: [{ name: 'Location', rule: { kind: 'once', value: end.location } }],
      } as const;
      return [make(`${path} sends to ${end.location}`, { kind: 'answer', to: spot.to, asks: [ask], expects })];
    }
    if (end?.kind !== 'respond') return [make(told, unchecked('another rule ends the request before'))];
    const expects = {
      status: { oneOf: [end.status] },
      // A long body is no more telling than its beginning, and HTTP/2 is not read to the end here.
      ...(ask.method === 'GET' && spot.to.http === 1 && { body: { contains: end.body.slice(0, 1_000) } }),
    };
    return [make(`${path} is answered with ${end.status}`, { kind: 'answer', to: spot.to, asks: [ask], expects })];
  });
}
