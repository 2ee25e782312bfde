import type { Answer } from '../explain/answer.ts';
import type { Asked } from '../explain/asked.ts';
import { explainer, type Surroundings } from '../explain/explainer.ts';
import type { Listener } from '../explain/host-index.ts';
import type { Modifiers, Route, Site } from '../ir/model.ts';
import type { Stand } from '../ir/stands.ts';
import { keyOf } from './paths/tree.ts';

/** A site at one listener, before or after. */
export interface Side {
  readonly stand: Stand;
  readonly listener: Listener;
  readonly surroundings: Surroundings;
}

/** The routes that may get what these patterns take, in the order in which they are asked; those behind one that takes all are none. */
export function candidates(
  index: ReadonlyMap<string, readonly number[]>,
  site: Site,
  taken: readonly string[],
): Route[] {
  const places = taken.flatMap((key) => index.get(key) ?? []).toSorted((a, b) => a - b);
  const found: Route[] = [];
  for (const place of places) {
    const route = site.routes[place];
    if (route) found.push(route);
    if (route?.when.length === 0) break;
  }
  return found;
}

export function indexOf({ routes }: Site): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (const [place, { pattern }] of routes.entries()) {
    const key = keyOf(pattern);
    const known = index.get(key);
    if (known) known.push(place);
    else index.set(key, [place]);
  }
  return index;
}

/** What may be said of a request on its way through these routes, or past all of them. */
export function modifiersOf(site: Site, routes: readonly Route[]): Modifiers[] {
  return [site.modifiers, ...routes.map(({ modifiers }) => modifiers)];
}

/** Answers for one host of the site, with only some of its routes: among ten thousand each question would cost as many looks. */
export function answering(
  { stand, listener, surroundings }: Side,
  host: string,
  routes: readonly Route[],
): (asked: Asked) => Answer {
  const site: Site = { ...stand.site, hosts: [host], routes };
  return explainer({ sites: [site, believer(stand, listener)] }, surroundings).answerTo;
}

/** A site that trusts all proxies that the others of the listener do, since Caddy has one list for all. */
function believer({ site: { tunnel: _tunnel, ...site }, address, origin }: Stand, { tls, trusted }: Listener): Site {
  return {
    ...site,
    hosts: ['others.invalid'],
    routes: [],
    listen: [{ value: address, origin }],
    tls: { value: tls ? (site.tls.value === 'off' ? 'auto' : site.tls.value) : 'off', origin },
    http: { value: 'off', origin },
    trustedProxies: { value: trusted, origin },
  };
}
