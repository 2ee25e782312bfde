import type { Protocol, Site } from '../ir/model.ts';
import { listenSlug } from './ids.ts';
import type { Target } from './target.ts';

/** One of Caddy's servers: an address, and what is served of which site there. */
export interface Server {
  /** The part of its name after the owner: `https`, `http`, `127.0.0.1-8480`. */
  readonly part: string;
  readonly listen: readonly string[];
  readonly tls: boolean;
  readonly protocols: readonly Protocol[];
  readonly trusted: readonly string[];
  readonly offers: readonly Offer[];
}

/** What a server does for a site: serves it, or sends plain http to https unless a trusted proxy says it was https. */
export interface Offer {
  readonly site: Site;
  readonly mode: 'serve' | 'redirect';
  readonly trusted: readonly string[];
}

/**
 * Sorts sites by where they are served, one server for each address: two of Caddy's servers must not share one. Plain http
 * and https are never one server: Caddy would serve both in the clear.
 */
export function servers({ sites }: { readonly sites: readonly Site[] }, target: Target): Server[] {
  const { httpPort, httpsPort } = target;
  const byAddress = new Map<string, { tls: boolean; offers: Offer[] }>();
  const offer = (address: string, tls: boolean, made: Offer) => {
    const server = byAddress.get(address) ?? { tls, offers: [] };
    server.offers.push(made);
    byAddress.set(address, server);
  };
  for (const site of sites) {
    const trusted = site.trustedProxies.value;
    const serve: Offer = { site, mode: 'serve', trusted };
    const tls = site.tls.value !== 'off';
    const own = new Set(site.listen.map(({ value }) => value));
    for (const address of own) offer(address, tls, serve);
    if (own.size === 0 && tls) offer(`:${httpsPort}`, true, serve);
    if (site.http.value !== 'off' && !(own.size > 0 && !tls)) {
      const mode = tls && site.http.value === 'redirect' ? 'redirect' : 'serve';
      offer(`:${httpPort}`, false, { site, mode, trusted });
    }
    if (site.tunnel) {
      const { listen, trusted_proxies: believed } = site.tunnel.value;
      offer(listen, false, { site, mode: 'serve', trusted: believed });
    }
  }
  const partOf = (address: string, tls: boolean) => {
    if (address === `:${tls ? httpsPort : httpPort}`) return tls ? 'https' : 'http';
    return listenSlug(address);
  };
  return [...byAddress]
    .map(([address, server]) => ({
      part: partOf(address, server.tls),
      listen: [address],
      ...server,
      ...shared(server),
    }))
    .toSorted((a, b) => (a.part < b.part ? -1 : 1));
}

/** What all sites of a server share: the union of the protocols, and the proxies that any of them trusts. */
function shared({ tls, offers }: { tls: boolean; offers: readonly Offer[] }): Pick<Server, 'protocols' | 'trusted'> {
  const wanted = new Set(offers.flatMap(({ site }) => site.protocols.value));
  // Plain http has no h3, and h2 only for clients that know it beforehand (h2c), which none of ours is.
  const all: readonly Protocol[] = tls ? ['h1', 'h2', 'h3'] : ['h1'];
  const trusted = [...new Set(offers.flatMap((made) => made.trusted))].toSorted();
  return { protocols: all.filter((protocol) => !tls || wanted.has(protocol)), trusted };
}

/** A client that comes by a socket has no address: it is whoever may open the file. */
export function isSocket({ listen }: Pick<Server, 'listen'>): boolean {
  return listen.some((address) => address.startsWith('unix/'));
}

/** Where Caddy listens for these addresses of policies and ports. */
export function listenAddresses(listen: readonly string[], { listen: elsewhere }: Target): string[] {
  return listen.flatMap((address) => elsewhere?.get(address) ?? [address]);
}
