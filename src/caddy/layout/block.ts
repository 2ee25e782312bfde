import type { Route, Site } from '../../ir/model.ts';
import type { Origin } from '../../ir/origin.ts';
import { PerSite } from '../../ir/per-site.ts';
import { type CaddyHandler, type RouteContext, withoutLog } from '../handlers/context.ts';
import { errorRoute } from '../handlers/error-pages.ts';
import { responseHeaders } from '../handlers/headers.ts';
import { redirectToHttps } from '../handlers/redirect.ts';
import { routeHandlers } from '../handlers/route-handlers.ts';
import { hostSlug, ownedId, pathSlug } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { type MatcherSet, routeMatcher } from '../match.ts';
import { isBelow } from '../public-name.ts';
import { isSocket, listenAddresses, type Offer, type Server } from '../servers.ts';
import type { Target } from '../target.ts';

/** All that a server does for one site, whatever the layout. Who asks for one of the hosts goes no further than its last route. */
export interface Block {
  readonly hosts: readonly string[];
  readonly names: readonly RouteName[];
  /** Put together when they are asked for, and not kept: most sites of a large table share those of another. */
  readonly routes: readonly BlockRoute[];
}

/** How one route of the policy is called, and where it stands. */
export interface RouteName {
  /** The part of the `@id` before the host: that of the server, or what the route is for. */
  readonly kind: string;
  /** The part behind the host. */
  readonly slug: string;
  readonly origin: Origin;
}

/** One route of the policy. */
export interface BlockRoute extends RouteName {
  /** What must hold beside the host. */
  readonly match: MatcherSet;
  readonly handle: readonly CaddyHandler[];
  /** Its handlers are the policy's own (`raw`): only where they stand does Caddy's complaint of them lead to their line. */
  readonly isRaw?: true;
  /** Where its error pages are: in the server's routes for errors. */
  readonly errors?: JsonObject;
}

/** The block of a site that is what it was is the very object that it was. */
export function blocksOf(server: Server, target: Target): Block[] {
  const logged = server.offers.flatMap(({ site }) => (site.log.value === false ? [] : site.hosts));
  return server.offers.map((offer) => {
    const place: Place = {
      part: server.part,
      mode: offer.mode,
      httpsPort: httpsPortOf(offer.site, target),
      context: contextOf(offer, server, target, logged),
    };
    return known.of(offer.site, keyOf(place), () => new SiteBlock(offer.site, place));
  });
}

const known = new PerSite<Block>();

/** All that a block depends on beside the site. It must not hold the server: a block may outlive many. */
interface Place {
  readonly part: string;
  readonly mode: Offer['mode'];
  readonly httpsPort: number;
  readonly context: RouteContext;
}

function keyOf({ context: { modules, secretFiles, ...rest }, ...place }: Place): string {
  return JSON.stringify([place, rest, modules && [...modules], secretFiles && [...secretFiles]]);
}

export function routeId(owner: string, { kind, slug }: Pick<RouteName, 'kind' | 'slug'>, host: string): string {
  return ownedId(owner, kind, `${hostSlug(host)}${slug}`);
}

const everything = { exact: false, segments: [], slash: false } as const;

class SiteBlock implements Block {
  readonly #site: Site;
  readonly #place: Place;
  readonly names: readonly RouteName[];
  #made: WeakRef<readonly BlockRoute[]>;

  constructor(site: Site, place: Place) {
    this.#site = site;
    this.#place = place;
    const routes = this.#make();
    this.names = routes.map(({ kind, slug, origin }) => ({ kind, slug, origin }));
    this.#made = new WeakRef(routes);
  }

  get hosts(): readonly string[] {
    return this.#site.hosts;
  }

  get routes(): readonly BlockRoute[] {
    const known = this.#made.deref();
    if (known !== undefined) return known;
    const routes = this.#make();
    this.#made = new WeakRef(routes);
    return routes;
  }

  #make(): readonly BlockRoute[] {
    const { mode, context, httpsPort } = this.#place;
    if (mode === 'serve') return this.#serve({});
    // A proxy in front that ended TLS would be sent round in circles: its word that the client came by https counts.
    const cameByHttps = { remote_ip: { ranges: context.trusted }, header: { 'X-Forwarded-Proto': ['https'] } };
    const handle = [
      ...withoutLog(context),
      ...responseHeaders(this.#site.modifiers, context, false),
      redirectToHttps(httpsPort),
    ];
    return [
      ...(context.trusted.length > 0 ? this.#serve(cameByHttps) : []),
      { kind: 'to-https', slug: '', match: {}, handle, origin: this.#site.origin },
    ];
  }

  #serve(also: MatcherSet): BlockRoute[] {
    const { routes, modifiers, origin } = this.#site;
    const seen = new Map<string, number>();
    const made = routes.map((route) => {
      const slug = pathSlug(route.pattern);
      const turn = (seen.get(slug) ?? 0) + 1;
      seen.set(slug, turn);
      return this.#route(route, turn === 1 ? slug : `${slug}-n${turn}`, also);
    });
    if (routes.some(takesAll)) return made;
    const nothing: Route = { pattern: everything, when: [], modifiers, handler: { kind: 'deny', status: 404 }, origin };
    return [...made, this.#route(nothing, '_-else', also)];
  }

  #route(route: Route, slug: string, also: MatcherSet): BlockRoute {
    const { part: kind, context } = this.#place;
    const id = routeId(context.owner, { kind, slug }, this.#site.hosts[0] ?? '');
    return {
      kind,
      slug,
      match: routeMatcher(route, context.client, also),
      handle: routeHandlers(route, id, context),
      origin: route.origin,
      ...(route.handler.kind === 'raw' && { isRaw: true as const }),
      ...(route.modifiers.errors.size > 0 && { errors: errorRoute(route.modifiers, id) }),
    };
  }
}

function contextOf({ site, trusted }: Offer, server: Server, target: Target, logged: readonly string[]): RouteContext {
  return {
    owner: target.owner,
    trusted,
    onSocket: isSocket(server),
    client: trusted.length > 0 ? 'client_ip' : 'remote_ip',
    hideH3: server.protocols.includes('h3') && !site.protocols.value.includes('h3'),
    skipLog: site.log.value === false && site.hosts.some((host) => logged.some((other) => isBelow(host, other))),
    modules: target.running?.modules,
    secretFiles: target.secretFiles,
  };
}

function takesAll({ pattern, when }: Route): boolean {
  return !pattern.exact && pattern.segments.length === 0 && when.length === 0;
}

/** Where https is: a site may have an address of its own. */
function httpsPortOf({ listen }: Site, target: Target): number {
  const own = listenAddresses(
    listen.map(({ value }) => value),
    target,
  );
  const port = own.map((address) => /:(\d+)$/.exec(address)?.[1]).find((found) => found !== undefined);
  return port === undefined ? target.httpsPort : Number(port);
}
