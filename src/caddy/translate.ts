import { createHash } from 'node:crypto';
import type { Model, Site } from '../ir/model.ts';
import type { Origin } from '../ir/origin.ts';
import { ownedId, serverName } from './ids.ts';
import { canonical, type JsonObject } from './json.ts';
import type { Reason } from './layout/reason.ts';
import { countedAddresses } from './layout/apart.ts';
import { type Table, tableOf } from './layout/table.ts';
import { loggingApp, serverLogs } from './logging.ts';
import { written } from './placeholders.ts';
import { isSocket, listenAddresses, type Server, servers } from './servers.ts';
import type { Target } from './target.ts';
import { certificateKind, connectionPolicies, pkiApp, tlsApp } from './tls.ts';

/** A part of Caddy's config: never `admin`, which a push must not touch. */
export interface CaddyConfig {
  readonly apps: JsonObject;
  readonly logging?: JsonObject;
}

export interface Translation {
  readonly config: CaddyConfig;
  /** Where each `@id` of the config came from. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The content's hash, 12 hexadecimal digits: also in the `@id` of each server, so that a look at Caddy tells what it runs. */
  readonly revision: string;
  /** How the routes of each server are laid out, by the part of its name that tells its address. */
  readonly layouts: ReadonlyMap<string, Reason>;
}

/** The model as Caddy's JSON. Equal models give equal text, whatever files they came from. */
export function translate(model: Model, target: Target): Translation {
  const origins = new Map<string, Origin>();
  const layouts = new Map<string, Reason>();
  const counted = countedAddresses(model);
  const made = servers(model, target).map((server) => {
    const table = tableOf(server, target, counted);
    for (const [id, origin] of table.origins) origins.set(id, origin);
    layouts.set(server.part, table.reason);
    return { server, json: text(serverJson(server, table, target)) };
  });
  const tls = text(tlsApp(model, target));
  const pki = text(pkiApp(model, target));
  const logging = text(loggingApp(model.sites, target.owner));
  const assemble = (revision: string): CaddyConfig => ({
    apps: {
      http: {
        // Said even where they are Caddy's own defaults: an absent port could not take back one that was pushed before.
        http_port: target.httpPort,
        https_port: target.httpsPort,
        servers: Object.fromEntries(
          made.map(({ server, json }) => [
            serverName(target.owner, server.part),
            { '@id': ownedId(target.owner, 'server', server.part, revision), ...json },
          ]),
        ),
      },
      ...(pki && { pki }),
      ...(tls && { tls }),
    },
    ...(logging && { logging }),
  });
  const { apps } = assemble('');
  const revision = createHash('sha256')
    .update(canonical({ apps, logging: logging ?? null }))
    .digest('hex')
    .slice(0, 12);
  return { config: assemble(revision), origins, revision, layouts };
}

/** What a translation made, as Caddy is given it. */
function text<T extends JsonObject | undefined>(draft: T): T {
  return draft && (written(draft) as T);
}

function serverJson(server: Server, table: Table, target: Target): JsonObject {
  const sites = [...new Set(server.offers.map(({ site }) => site))];
  const logs = serverLogs(sites);
  return {
    listen: listenAddresses(server.listen, target),
    protocols: server.protocols,
    automatic_https: automaticHttps(server, sites, target),
    ...(server.tls && { tls_connection_policies: connectionPolicies(sites, server.part, target.owner) }),
    ...(server.trusted.length > 0 && {
      trusted_proxies: { source: 'static', ranges: server.trusted },
      // Read from the right, where the nearest proxy writes: the left end is the client's to forge.
      trusted_proxies_strict: 1,
      // The proxy behind a socket has no address that could be in a range.
      ...(isSocket(server) && { trusted_proxies_unix: true }),
    }),
    routes: table.routes,
    ...(table.named && { named_routes: table.named }),
    ...(table.errors.length > 0 && { errors: { routes: table.errors } }),
    ...(logs && { logs }),
  };
}

/** Said on every server, because Caddy's default depends on ports. Redirects are ours, so that they carry the site's headers. */
function automaticHttps({ tls }: Server, sites: readonly Site[], target: Target): JsonObject {
  if (!tls) return { disable: true };
  const skip = sites
    .flatMap((site) => site.hosts.filter((host) => certificateKind(site, host, target) === 'files'))
    .toSorted();
  return { disable_redirects: true, ...(skip.length > 0 && { skip_certificates: skip }) };
}
