import type { Route, Upstream } from '../../ir/model.ts';
import { within } from '../../ir/origin.ts';
import { showPath } from '../../policy/schema/path.ts';
import type { Ask, Check } from '../check.ts';
import { admitted } from './entry.ts';
import { NO_SAFE_REQUEST, pathOf, sampleOf } from './sample.ts';
import { checkOf, isWildcard, type Spot, unchecked, wayOf } from './spot.ts';

/** A service that says how it is answers so through this site; of the others some answer of their own is enough. */
export function health(spot: Spot): Check[] {
  const routes = spot.site.routes.filter(({ handler }) => handler.kind === 'proxy');
  const seen = new Set<string>();
  return routes.flatMap((route) => {
    if (route.handler.kind !== 'proxy') return [];
    const { upstream } = route.handler;
    const name = upstream.service ?? upstream.addresses.map(({ dial }) => dial).join(', ');
    if (seen.has(name)) return [];
    seen.add(name);
    const same = routes.filter(({ handler }) => handler.kind === 'proxy' && isSame(handler.upstream, upstream));
    return upstream.facts.health === undefined
      ? [answers(spot, name, same)]
      : [healthy(spot, name, upstream, upstream.facts.health, same)];
  });
}

function isSame(one: Upstream, other: Upstream): boolean {
  return one.service === other.service && one.addresses.every(({ dial }, at) => dial === other.addresses[at]?.dial);
}

function healthy(spot: Spot, name: string, upstream: Upstream, path: string, routes: readonly Route[]): Check {
  const make = (says: string, probe: Check['probe']) =>
    checkOf(spot, { name: 'health', detail: name, says, origin: within(upstream.origin, 'health'), probe });
  const told = `${name} is well`;
  if (isWildcard(spot)) return make(told, unchecked(`which names below ${spot.host} the app knows is not known here`));
  const ask = publicPath(spot, upstream, path, routes);
  if (ask === undefined) return make(told, unchecked(`no request of this site reaches ${path} of "${name}"`));
  const entry = admitted(spot, ask);
  const says = `${name} is well: GET ${ask.target} is a 2xx`;
  if ('reason' in entry) return make(says, unchecked(entry.reason));
  return make(says, { kind: 'answer', to: spot.to, asks: [entry.ask], expects: { status: { hundreds: [2] } } });
}

/** The path by which the site's visitors come to this path of the app. */
function publicPath(spot: Spot, upstream: Upstream, path: string, routes: readonly Route[]): Ask | undefined {
  const prefixes = ['', ...routes.map(({ pattern }) => pathOf(pattern)).filter((each) => each !== '/')];
  return prefixes
    .map((prefix): Ask => ({ method: 'GET', target: `${prefix}${path}`, host: spot.asked }))
    .find((ask) => {
      const entry = admitted(spot, ask);
      const way = 'ask' in entry ? wayOf(spot, entry.ask) : undefined;
      // Where nobody comes in from here, that the route is right is told all the same.
      if (way === undefined || way.end.kind !== 'proxy') return way === undefined && isRouted(spot, ask, upstream);
      return isSame(way.end.upstream, upstream) && way.end.sees.uri === path;
    });
}

function isRouted(spot: Spot, ask: Ask, upstream: Upstream): boolean {
  const handler = wayOf(spot, ask)?.route?.handler;
  return handler?.kind === 'proxy' && isSame(handler.upstream, upstream);
}

/** Caddy itself answers 502 or 504 when nobody is there, and 503 when it has given up. */
function answers(spot: Spot, name: string, routes: readonly Route[]): Check {
  const [first] = routes;
  const make = (detail: string, says: string, probe: Check['probe']) =>
    checkOf(spot, { name: 'upstream', detail, says, origin: first?.origin ?? spot.site.origin, probe });
  const told = `${name} answers`;
  if (isWildcard(spot))
    return make(name, told, unchecked(`which names below ${spot.host} the app knows is not known here`));
  // The widest path first; and an endless stream is no question to ask.
  const plain = routes.toSorted((a, b) => a.pattern.segments.length - b.pattern.segments.length);
  for (const route of plain) {
    const sample = sampleOf(spot, route, ['GET', 'HEAD']);
    if (sample === undefined) continue;
    const entry = admitted(spot, sample.ask);
    const says = `${name} answers: ${sample.ask.method} ${sample.ask.target} (${showPath(route.pattern)})`;
    if ('reason' in entry) return make(name, says, unchecked(entry.reason));
    const expects = { status: { not: [502, 503, 504] } };
    return make(name, says, { kind: 'answer', to: spot.to, asks: [entry.ask], expects });
  }
  return make(name, told, unchecked(NO_SAFE_REQUEST));
}
