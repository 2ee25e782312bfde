import type { Refusal } from '../../explain/answer.ts';
import { showPath } from '../../policy/schema/path.ts';
import type { Ask, Check, Expectation } from '../check.ts';
import { admitted } from './entry.ts';
import { NO_SAFE_REQUEST, sampleOf } from './sample.ts';
import { checkOf, type Spot, unchecked, wayOf } from './spot.ts';

/** What is denied is denied in every spelling that means the same to Caddy. */
export function deny(spot: Spot): Check[] {
  return spot.site.routes.flatMap((route) => {
    if (route.handler.kind !== 'deny') return [];
    const path = showPath(route.pattern);
    const make = (says: string, probe: Check['probe']) =>
      checkOf(spot, { name: 'deny', detail: path, says, origin: route.origin, probe });
    const sample = sampleOf(spot, route);
    if (sample === undefined) return [make(`${path} is denied`, unchecked(NO_SAFE_REQUEST))];
    const entry = admitted(spot, sample.ask);
    const says = `${path} is denied`;
    if ('reason' in entry) return [make(says, unchecked(entry.reason))];
    const refusal = denied(spot, entry.ask);
    if (refusal === undefined) return [make(says, unchecked('another rule ends the request before'))];
    const asks = spellings(entry.ask).filter((ask) => wayOf(spot, ask)?.route === route);
    const expects = expectationOf(refusal);
    return [make(`${path} is denied: ${refusal.status}`, { kind: 'answer', to: spot.to, asks, expects })];
  });
}

function denied(spot: Spot, ask: Ask): Refusal | undefined {
  const end = wayOf(spot, ask)?.end;
  return end?.kind === 'refused' && end.by === 'deny' ? end.refusal : undefined;
}

/** As the client gets it, by the site's error page if there is one. */
export function expectationOf({ status, location }: Refusal): Expectation {
  return {
    status: { oneOf: [status] },
    ...(location !== undefined && { headers: [{ name: 'Location', rule: { kind: 'once', value: location } }] }),
  };
}

function spellings(ask: Ask): Ask[] {
  const [path = '', ...query] = ask.target.split('?');
  const first = path.charAt(1);
  const encoded = /[A-Za-z]/.test(first) ? [`/%${first.charCodeAt(0).toString(16)}${path.slice(2)}`] : [];
  const paths = [path, `/${path}`, path.toUpperCase(), ...encoded];
  return [...new Set(paths)].map((each) => ({ ...ask, target: [each, ...query].join('?') }));
}
