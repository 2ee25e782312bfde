import type { JsonObject } from '../json.ts';
import type { ClientMatcher } from '../match.ts';

/** A handler as Caddy's JSON has it: `{ handler: kind, … }`. */
export type CaddyHandler = JsonObject & { readonly handler: string };

/** What the translation of a route must know of the server that it stands in. */
export interface RouteContext {
  readonly owner: string;
  /** Proxies in front of this site, on this server, whose word on the client counts. */
  readonly trusted: readonly string[];
  /** Clients come by a Unix socket, and so without an address of their own. */
  readonly onSocket: boolean;
  /** How this site asks for the client's address here. */
  readonly client: ClientMatcher;
  /** The server speaks h3 but this site does not want it told. */
  readonly hideH3: boolean;
  /** The site wants no access log, and is below a wildcard that has one. */
  readonly skipLog: boolean;
  /** What the running Caddy has beyond its standard modules; undefined when there is no Caddy to ask. */
  readonly modules: ReadonlySet<string> | undefined;
  /** Where a secret stands, by the variable that a policy names for it. */
  readonly secretFiles: ReadonlyMap<string, string> | undefined;
}

/** Handlers that are only for requests which match: Caddy goes on behind them, unless one of them answers. */
export function onlyWhen(match: JsonObject, handle: readonly CaddyHandler[]): CaddyHandler {
  return { handler: 'subroute', routes: [{ match: [match], handle }] };
}

/** Ends the request with an error, so that error pages apply and headers set before stand. */
export function fail(status: number): CaddyHandler {
  return { handler: 'error', status_code: status };
}

/** Caddy asks this variable once the request is answered. */
export function withoutLog({ skipLog }: RouteContext): CaddyHandler[] {
  return skipLog ? [{ handler: 'vars', log_skip: true }] : [];
}
