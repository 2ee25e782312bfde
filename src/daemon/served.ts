import { listenAddresses, servers } from '../caddy/servers.ts';
import { certificateKind } from '../caddy/tls.ts';
import type { Target } from '../caddy/target.ts';
import { compareText } from '../diagnostics/order.ts';
import type { Place } from '../diagnostics/position.ts';
import type { Model, Site } from '../ir/model.ts';
import { placeOf } from '../ir/origin.ts';
import { type Dial, dialOf } from '../plan/listen.ts';

/** One host at one place where Caddy serves it. */
export interface Served {
  /** As the policy names it; may be a wildcard. */
  readonly host: string;
  /** What a browser is given; undefined for a Unix socket. */
  readonly url: string | undefined;
  /** Where to connect to on this machine. */
  readonly dial: Dial;
  /** `tunnel`: in plain http, for a program on this machine that ends TLS. */
  readonly way: 'https' | 'http' | 'tunnel';
  readonly certificate: 'internal' | 'other' | undefined;
  /** What to offer in the handshake, and whether it ends without a request because a certificate is asked for. */
  readonly handshake: { readonly protocol: 'http/1.1' | 'h2'; readonly only: boolean };
  /** The site's line in the policies. */
  readonly place: Place;
}

/** Where each host is served: what every machine knows by name first, then as the policies stand; plain http only where there is no https. */
export function servedSites(model: Model, target: Target): Served[] {
  const all = servers(model, target).flatMap(({ listen, tls, offers }) =>
    offers
      .filter(({ mode }) => mode === 'serve')
      .flatMap(({ site }) => site.hosts.flatMap((host) => servedAt(site, host, listen[0] ?? '', tls, target) ?? [])),
  );
  const secure = new Set(all.filter(({ way }) => way === 'https').map(({ host }) => host));
  return all.filter(({ way, host }) => way !== 'http' || !secure.has(host)).sort(inOrder);
}

/** `localhost` and all below it lead to this machine, without DNS: RFC 6761, section 6.3. */
export function isLocalName({ host }: Served): boolean {
  return /(^|\.)localhost$/.test(host);
}

function inOrder(a: Served, b: Served): number {
  return (
    Number(isLocalName(b)) - Number(isLocalName(a)) ||
    compareText(a.place.file.path, b.place.file.path) ||
    a.place.range.start - b.place.range.start ||
    Number(a.way === 'tunnel') - Number(b.way === 'tunnel')
  );
}

function servedAt(site: Site, host: string, listen: string, tls: boolean, target: Target): Served | undefined {
  const dial = dialOf(listenAddresses([listen], target)[0] ?? '');
  if (dial === undefined) return undefined;
  const way = tls ? 'https' : site.tunnel?.value.listen === listen ? 'tunnel' : 'http';
  const protocols = site.protocols.value;
  return {
    host,
    url: urlOf(way, host, dial),
    dial,
    way,
    certificate: tls ? (certificateKind(site, host, target) === 'internal' ? 'internal' : 'other') : undefined,
    handshake: {
      protocol: protocols.includes('h1') || !protocols.includes('h2') ? 'http/1.1' : 'h2',
      only: site.modifiers.auth?.value.client_certificate !== undefined,
    },
    place: placeOf(site.origin),
  };
}

function urlOf(way: Served['way'], host: string, dial: Dial): string | undefined {
  if ('path' in dial) return undefined;
  const scheme = way === 'https' ? 'https' : 'http';
  const port = dial.port === (scheme === 'https' ? 443 : 80) ? '' : `:${dial.port}`;
  const name = way === 'tunnel' ? (dial.host.includes(':') ? `[${dial.host}]` : dial.host) : host;
  return `${scheme}://${name}${port}/`;
}
