import type { Site } from './model.ts';
import { type Origin, within } from './origin.ts';
import { PerSite } from './per-site.ts';

/** Where sites are served that name no address of their own. */
export interface UsualPorts {
  readonly httpPort: number;
  readonly httpsPort: number;
}

/** A site at one address. */
export interface Stand {
  readonly site: Site;
  readonly address: string;
  readonly tls: boolean;
  /** Plain http is only answered with the way to https, but for trusted proxies that ended TLS themselves. */
  readonly onlyToHttps: boolean;
  /** Proxies that are believed there. */
  readonly trusted: Site['trustedProxies'];
  readonly isTunnel: boolean;
  readonly origin: Origin;
}

/** Everywhere that a site is served, or sent to https. */
export function stands(site: Site, ports: UsualPorts): readonly Stand[] {
  return known.of(site, ports.httpPort * 65_536 + ports.httpsPort, () => standsOf(site, ports));
}

const known = new PerSite<readonly Stand[]>();

function standsOf(site: Site, { httpPort, httpsPort }: UsualPorts): readonly Stand[] {
  const { listen, http, tunnel, trustedProxies: trusted, origin } = site;
  const tls = site.tls.value !== 'off';
  const base = { site, trusted, onlyToHttps: false, isTunnel: false, origin };
  const hasOwn = listen.length > 0;
  const onlyToHttps = tls && http.value === 'redirect';
  return [
    ...listen.map((own) => ({ ...base, address: own.value, tls, origin: own.origin })),
    ...(!hasOwn && tls ? [{ ...base, address: `:${httpsPort}`, tls }] : []),
    ...(http.value !== 'off' && (tls || !hasOwn)
      ? [{ ...base, address: `:${httpPort}`, tls: false, onlyToHttps }]
      : []),
    ...(tunnel ? [tunnelStand(site, tunnel)] : []),
  ];
}

function tunnelStand(site: Site, { value, origin }: NonNullable<Site['tunnel']>): Stand {
  const trusted = { value: value.trusted_proxies, origin: within(origin, 'trusted_proxies') };
  return {
    site,
    address: value.listen,
    tls: false,
    onlyToHttps: false,
    trusted,
    isTunnel: true,
    origin: within(origin, 'listen'),
  };
}
