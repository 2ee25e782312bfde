import type { Route, Site } from '../../ir/model.ts';
import type { Origin } from '../../ir/origin.ts';
import { connectionGuard } from '../handlers/access.ts';
import { errorRoute } from '../handlers/error-pages.ts';
import { type CaddyHandler, type RouteContext, withoutLog } from '../handlers/context.ts';
import { responseHeaders } from '../handlers/headers.ts';
import { redirectToHttps } from '../handlers/redirect.ts';
import { routeHandlers } from '../handlers/route-handlers.ts';
import { findDotSegments, NO_PATH } from '../handlers/target.ts';
import { hostSlug, ownedId, pathSlug } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { type MatcherSet, routeMatcher } from '../match.ts';
import { isBelow } from '../public-name.ts';
import { isSocket, listenAddresses, type Offer, type Server } from '../servers.ts';
import type { Target } from '../target.ts';

/** The routes of one server, and where each came from. */
export interface Table {
  readonly routes: readonly JsonObject[];
  readonly errors: readonly JsonObject[];
  readonly origins: ReadonlyMap<string, Origin>;
}

/** One route for each of the policy's, flat and in the order in which they are tried: the form that people read. */
export function plainTable(server: Server, target: Target): Table {
  const builder = new TableBuilder(server, target);
  builder.requests();
  for (const offer of server.offers) builder.offer(offer);
  builder.unknownHost();
  return builder.table();
}

const everything = { exact: false, segments: [], slash: false } as const;

class TableBuilder {
  readonly #server: Server;
  readonly #target: Target;
  /** Hosts that have an access log here. */
  readonly #logged: readonly string[];
  readonly #routes: JsonObject[] = [];
  readonly #errors: JsonObject[] = [];
  readonly #origins = new Map<string, Origin>();

  constructor(server: Server, target: Target) {
    this.#server = server;
    this.#target = target;
    this.#logged = server.offers.flatMap(({ site }) => (site.log.value === false ? [] : site.hosts));
  }

  table(): Table {
    return { routes: this.#routes, errors: this.#errors, origins: this.#origins };
  }

  offer({ site, mode, trusted }: Offer): void {
    const context = this.#context(site, trusted);
    if (mode === 'serve') this.#serve(site, context, {});
    else {
      // A proxy in front that ended TLS would be sent round in circles: its word that the client came by https counts.
      const cameByHttps = { remote_ip: { ranges: trusted }, header: { 'X-Forwarded-Proto': ['https'] } };
      if (trusted.length > 0) this.#serve(site, context, cameByHttps);
      const handle = [
        ...withoutLog(context),
        ...responseHeaders(site.modifiers, context, false),
        redirectToHttps(httpsPortOf(site, this.#target)),
      ];
      this.#add(this.#id(site, '', 'to-https'), { host: site.hosts }, handle, site.origin);
    }
  }

  /** What is done to every request, whatever the host, before any route looks at it: once, for patterns are dear to load. */
  requests(): void {
    this.#turnAway('no-path', 400, { match: [NO_PATH] });
    this.#routes.push({ '@id': this.#ownId('requests'), handle: [connectionGuard, findDotSegments] });
  }

  /** A client that asks for a host that nobody here has: never Caddy's empty 200. */
  unknownHost(): void {
    this.#turnAway('unknown-host', 421, {});
  }

  #turnAway(name: string, status: number, match: JsonObject): void {
    this.#routes.push({
      '@id': this.#ownId(name),
      ...match,
      handle: [
        { handler: 'headers', response: { delete: ['Server'] } },
        { handler: 'static_response', status_code: status },
      ],
      terminal: true,
    });
  }

  #ownId(name: string): string {
    // A single `_`, which no host begins with: see hostSlug.
    return ownedId(this.#target.owner, this.#server.part, `_${name}`);
  }

  #serve(site: Site, context: RouteContext, also: MatcherSet): void {
    const seen = new Map<string, number>();
    for (const route of site.routes) {
      const slug = pathSlug(route.pattern);
      const turn = (seen.get(slug) ?? 0) + 1;
      seen.set(slug, turn);
      this.#route(site, route, turn === 1 ? slug : `${slug}-n${turn}`, context, also);
    }
    const nothing: Route = {
      pattern: everything,
      when: [],
      modifiers: site.modifiers,
      handler: { kind: 'deny', status: 404 },
      origin: site.origin,
    };
    if (!site.routes.some(takesAll)) this.#route(site, nothing, '_-else', context, also);
  }

  #route(site: Site, route: Route, slug: string, context: RouteContext, also: MatcherSet): void {
    const id = this.#id(site, slug);
    const match = { host: site.hosts, ...routeMatcher(route, context.client, also) };
    this.#add(id, match, routeHandlers(route, id, context), route.origin);
    if (route.modifiers.errors.size > 0) this.#errors.push(errorRoute(route.modifiers, id));
  }

  #add(id: string, match: MatcherSet, handle: readonly CaddyHandler[], origin: Origin): void {
    this.#routes.push({ '@id': id, match: [match], handle, terminal: true });
    this.#origins.set(id, origin);
  }

  #id(site: Site, slug: string, kind: string = this.#server.part): string {
    return ownedId(this.#target.owner, kind, `${hostSlug(site.hosts[0] ?? '')}${slug}`);
  }

  #context(site: Site, trusted: readonly string[]): RouteContext {
    return {
      owner: this.#target.owner,
      trusted,
      onSocket: isSocket(this.#server),
      client: trusted.length > 0 ? 'client_ip' : 'remote_ip',
      hideH3: this.#server.protocols.includes('h3') && !site.protocols.value.includes('h3'),
      skipLog:
        site.log.value === false && site.hosts.some((host) => this.#logged.some((other) => isBelow(host, other))),
      modules: this.#target.running?.modules,
      secretFiles: this.#target.secretFiles,
    };
  }
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
