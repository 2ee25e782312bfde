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
  readonly routes: readonly BlockRoute[];
}

/** One route of the policy. */
export interface BlockRoute {
  /** The part of the `@id` before the host: that of the server, or what the route is for. */
  readonly kind: string;
  /** The part behind the host. */
  readonly slug: string;
  /** What must hold beside the host. */
  readonly match: MatcherSet;
  readonly handle: readonly CaddyHandler[];
  readonly origin: Origin;
  /** Where its error pages are: in the server's routes for errors. */
  readonly errors?: JsonObject;
}

/** The block of a site that is what it was is the very object that it was. */
export function blocksOf(server: Server, target: Target): Block[] {
  const logged = server.offers.flatMap(({ site }) => (site.log.value === false ? [] : site.hosts));
  return server.offers.map((offer) => {
    const builder = new BlockBuilder(offer, server, target, logged);
    return known.of(offer.site, builder.madeFor(), () => builder.block());
  });
}

const known = new PerSite<Block>();

export function routeId(owner: string, { kind, slug }: Pick<BlockRoute, 'kind' | 'slug'>, host: string): string {
  return ownedId(owner, kind, `${hostSlug(host)}${slug}`);
}

const everything = { exact: false, segments: [], slash: false } as const;

class BlockBuilder {
  readonly #offer: Offer;
  readonly #server: Server;
  readonly #target: Target;
  readonly #context: RouteContext;
  readonly #routes: BlockRoute[] = [];

  /** `logged`: hosts that have an access log on this server. */
  constructor(offer: Offer, server: Server, target: Target, logged: readonly string[]) {
    this.#offer = offer;
    this.#server = server;
    this.#target = target;
    this.#context = contextOf(offer, server, target, logged);
  }

  /** All that the block depends on beside the site. */
  madeFor(): string {
    const { modules, secretFiles, ...rest } = this.#context;
    const httpsPort = httpsPortOf(this.#offer.site, this.#target);
    return JSON.stringify([
      this.#server.part,
      this.#offer.mode,
      httpsPort,
      rest,
      modules && [...modules],
      secretFiles && [...secretFiles],
    ]);
  }

  block(): Block {
    const { site, mode, trusted } = this.#offer;
    if (mode === 'serve') this.#serve({});
    else {
      // A proxy in front that ended TLS would be sent round in circles: its word that the client came by https counts.
      const cameByHttps = { remote_ip: { ranges: trusted }, header: { 'X-Forwarded-Proto': ['https'] } };
      if (trusted.length > 0) this.#serve(cameByHttps);
      const handle = [
        ...withoutLog(this.#context),
        ...responseHeaders(site.modifiers, this.#context, false),
        redirectToHttps(httpsPortOf(site, this.#target)),
      ];
      this.#routes.push({ kind: 'to-https', slug: '', match: {}, handle, origin: site.origin });
    }
    return { hosts: site.hosts, routes: this.#routes };
  }

  #serve(also: MatcherSet): void {
    const { site } = this.#offer;
    const seen = new Map<string, number>();
    for (const route of site.routes) {
      const slug = pathSlug(route.pattern);
      const turn = (seen.get(slug) ?? 0) + 1;
      seen.set(slug, turn);
      this.#route(route, turn === 1 ? slug : `${slug}-n${turn}`, also);
    }
    const nothing: Route = {
      pattern: everything,
      when: [],
      modifiers: site.modifiers,
      handler: { kind: 'deny', status: 404 },
      origin: site.origin,
    };
    if (!site.routes.some(takesAll)) this.#route(nothing, '_-else', also);
  }

  #route(route: Route, slug: string, also: MatcherSet): void {
    const kind = this.#server.part;
    const id = routeId(this.#target.owner, { kind, slug }, this.#offer.site.hosts[0] ?? '');
    this.#routes.push({
      kind,
      slug,
      match: routeMatcher(route, this.#context.client, also),
      handle: routeHandlers(route, id, this.#context),
      origin: route.origin,
      ...(route.modifiers.errors.size > 0 && { errors: errorRoute(route.modifiers, id) }),
    });
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
