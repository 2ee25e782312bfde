import type { Model, Route, Site } from '../ir/model.ts';
import type { Stand, UsualPorts } from '../ir/stands.ts';
import { isInRanges } from './address-range.ts';
import type { Answer, End, Way } from './answer.ts';
import type { Asked } from './asked.ts';
import { clientBehindProxies, hostWithoutPort } from './client.ts';
import { type Listener, listenersOf } from './host-index.ts';
import type { Subject } from './match/when.ts';
import { guarded, type Received, receive } from './received.ts';
import { losers, type Taker, takers } from './route-choice.ts';
import { refusal } from './steps/refusal.ts';
import { headersStep } from './steps/answer-headers.ts';
import { pass } from './steps/pass.ts';
import type { Place } from './place.ts';
import { uriOf } from './target.ts';

/** What an answer depends on beside the policies. */
export interface Surroundings extends UsualPorts {
  /** Modules of the Caddy that is asked, beyond the standard ones. */
  readonly modules?: ReadonlySet<string>;
}

export interface Explainer {
  readonly listeners: readonly Listener[];
  /** Total, and without any state: the same request has the same answer. */
  readonly answerTo: (asked: Asked) => Answer;
}

/** Tells what becomes of requests, without touching anything. The index of the model is made once, here. */
export function explainer(model: Pick<Model, 'sites'>, surroundings: Surroundings): Explainer {
  const listeners = listenersOf(model.sites, surroundings);
  const answerTo = (asked: Asked): Answer => {
    const listener = listeners.get(asked.at);
    if (listener === undefined) return without({ kind: 'unanswered', says: `no site is served at ${asked.at}` });
    const received = receive(asked, listener.tls);
    if ('status' in received) return without(refused('bad_request', received.status));
    // Of the server as a whole: Go answers that before Caddy sees it.
    if (asked.method === 'OPTIONS' && asked.target === '*') return without({ kind: 'respond', status: 200, body: '' });
    return answer(guarded(received), listener, surroundings);
  };
  return { listeners: [...listeners.values()], answerTo };
}

function answer(received: Received, listener: Listener, surroundings: Surroundings): Answer {
  const path = received.path.startsWith('/') ? received.path : undefined;
  const { from } = received;
  // A target that is no path could be another address to an app.
  if (path === undefined) return { ...without(refused('no_path', 400)), client: from };
  if (!ordinaryHost.test(received.host)) return { ...without(refused('odd_host', 400)), path, client: from };
  const stand = listener.standOf(hostWithoutPort(received.host));
  if (stand === undefined) return { ...without(refused('unknown_host', 421)), path, client: from };
  const { site, trusted } = stand;
  const believes = trusted.value.length > 0;
  const client = believes ? clientBehindProxies(received, listener.trusted) : from;
  const subject: Subject = { received, client };
  const placeOf = ({ modifiers, handler, pattern }: Pick<Route, 'modifiers' | 'handler' | 'pattern'>): Place => ({
    ...subject,
    site,
    modifiers,
    handler,
    pattern,
    trusted: trusted.value,
    serverTrusts: listener.trusted.length > 0,
    modules: surroundings.modules,
  });
  if (stand.onlyToHttps && !cameByHttps(received, trusted.value))
    return { path, client, ways: [toHttps(stand, placeOf, surroundings)], losers: () => [] };
  const taken = takers(site, subject);
  const ways = taken.map((taker) => way(site, taker, placeOf));
  const routes = taken.map(({ route }) => route);
  return { path, client, ways, losers: () => losers(site, routes, subject) };
}

type PlaceOf = (route: Pick<Route, 'modifiers' | 'handler' | 'pattern'>) => Place;

function way(site: Site, { route, provided }: Taker, placeOf: PlaceOf): Way {
  if (route) return { provided, site, route, ...pass(placeOf(route)) };
  const nothing = { modifiers: site.modifiers, handler: { kind: 'deny', status: 404 }, pattern: everything } as const;
  const { steps, end } = pass(placeOf(nothing));
  const isDenied = end.kind === 'refused' && end.by === 'deny';
  return { provided, site, steps, end: isDenied ? { ...end, by: 'no_route' } : end };
}

/** Our guard turns any other spelling away, since Caddy's ways of asking for a host do not agree on it. */
const ordinaryHost = /^([!-Z^-~]+|\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.%]*\](:\d*)?)$/;

const everything = { exact: false, segments: [], slash: false } as const;

/** A proxy in front that ended TLS says so, and would be sent round in circles otherwise. */
function cameByHttps({ from, headers }: Received, trusted: readonly string[]): boolean {
  const isTrusted = from !== undefined && isInRanges(from, trusted);
  return isTrusted && (headers.get('X-Forwarded-Proto')?.includes('https') ?? false);
}

function toHttps({ site }: Stand, placeOf: PlaceOf, { httpsPort }: Surroundings): Way {
  const handler = { kind: 'deny', status: 404 } as const;
  const place = placeOf({ modifiers: site.modifiers, handler, pattern: everything });
  const own = site.listen.map(({ value }) => /:(\d+)$/.exec(value)?.[1]).find((port) => port !== undefined);
  const port = Number(own ?? httpsPort);
  const { host, target } = place.received;
  const location = `https://${hostWithoutPort(host)}${port === 443 ? '' : `:${port}`}${uriOf(target)}`;
  return {
    provided: [],
    site,
    steps: headersStep(place),
    end: { kind: 'redirect', status: 308, location, toHttps: true },
  };
}

function refused(by: 'bad_request' | 'no_path' | 'odd_host' | 'unknown_host', status: number): End {
  return { kind: 'refused', by, refusal: refusal(status, { errors: new Map() }) };
}

function without(end: End): Answer {
  return { path: undefined, client: undefined, ways: [{ provided: [], steps: [], end }], losers: () => [] };
}
