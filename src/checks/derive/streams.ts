import type { Route } from '../../ir/model.ts';
import { type Origin, within } from '../../ir/origin.ts';
import { showPath } from '../../policy/schema/path.ts';
import type { Ask, Check, Probe } from '../check.ts';
import { admitted, type Entry } from './entry.ts';
import { pathOf } from './sample.ts';
import { checkOf, isWildcard, type Spot, unchecked, wayOf } from './spot.ts';

/** Each stream and each WebSocket of a service that this site leads to; said once for all routes of the service. */
export function streams(spot: Spot): Check[] {
  const seen = new Set<string>();
  return spot.site.routes.flatMap((route) => {
    if (route.handler.kind !== 'proxy') return [];
    const { facts, origin, service = '' } = route.handler.upstream;
    if (seen.has(service)) return [];
    seen.add(service);
    return [
      ...facts.streams.flatMap((pattern, at) =>
        stream(spot, route, within(origin, 'streams', at), showPath(pattern), pathOf(pattern)),
      ),
      ...facts.websocket.flatMap((path) => webSocket(spot, route, within(origin, 'websocket'), path)),
    ];
  });
}

function stream(spot: Spot, route: Route, origin: Origin, shown: string, path: string): Check[] {
  const make = (probe: Probe) =>
    checkOf(spot, { name: 'stream', detail: shown, says: `${shown} flows event by event`, origin, probe });
  const headers = { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip, zstd' };
  const entry = toService(spot, route, { method: 'GET', target: path, host: spot.asked, headers });
  if (entry === undefined) return [];
  if ('reason' in entry) return [make(unchecked(entry.reason))];
  return [make({ kind: 'events', to: spot.to, ask: entry.ask, named: false })];
}

function webSocket(spot: Spot, route: Route, origin: Origin, path: string): Check[] {
  const make = (probe: Probe) =>
    checkOf(spot, { name: 'websocket', detail: path, says: `a WebSocket opens at ${path}`, origin, probe });
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
  const entry = toService(spot, route, { method: 'GET', target: path, host: spot.asked, headers });
  if (entry === undefined) return [];
  if ('reason' in entry) return [make(unchecked(entry.reason))];
  const { headers: _made, ...ask } = entry.ask;
  const made = withQueryKey(ask, serviceOf(route));
  return [make({ kind: 'websocket', to: { ...spot.to, http: 1 }, ask: made, named: false })];
}

function serviceOf({ handler }: Route): string {
  return handler.kind === 'proxy' ? (handler.upstream.service ?? '') : '';
}

/** With its credential, if the policies lead it to this route's service; undefined where they deny it, and so promise nothing. */
function toService(spot: Spot, route: Route, ask: Ask): Entry | undefined {
  if (wayOf(spot, ask)?.route?.handler.kind === 'deny') return undefined;
  if (isWildcard(spot)) return { reason: `which names below ${spot.host} the app knows is not known here` };
  const entry = admitted(spot, ask);
  if ('reason' in entry) return entry;
  const end = wayOf(spot, entry.ask)?.end;
  if (end?.kind === 'proxy' && end.upstream.service === serviceOf(route)) return entry;
  return { reason: `no request of this site reaches it at ${ask.target}` };
}

/** `/ws/?token=`: what stands empty is for the one who asks to fill in. */
function withQueryKey(ask: Ask, service: string): Ask {
  const [, key] = /[?&]([A-Za-z0-9_-]+)=(?:&|$)/.exec(ask.target) ?? [];
  if (key === undefined || ask.credential) return ask;
  const variable = `CADDYCTL_CHECK_${service}_${key}`.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  return { ...ask, credential: { kind: 'query', key, variable, needed: false } };
}

/** Whether a cookie comes through can only be seen by one who signs in. */
export function cookies(spot: Spot): Check[] {
  const seen = new Set<string>();
  return spot.site.routes.flatMap((route) => {
    if (route.handler.kind !== 'proxy') return [];
    const { facts, origin } = route.handler.upstream;
    return facts.cookies.flatMap((cookie, at) => {
      if (seen.has(cookie)) return [];
      seen.add(cookie);
      const says = `the cookie ${cookie} comes untouched`;
      const probe = unchecked('to see it one must sign in');
      return [checkOf(spot, { name: 'cookies', detail: cookie, says, origin: within(origin, 'cookies', at), probe })];
    });
  });
}
