import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model, Site } from '../model.ts';
import { type Stand, stands } from '../stands.ts';
import { type CheckContext, error } from './finding.ts';

/** What a site must not share an address with: one rule, asked of each pair at an address with the first that stands there. */
function clashes(
  { sites }: Model,
  context: CheckContext,
  isOfInterest: (stand: Stand) => boolean,
  clash: (first: Stand, second: Stand) => Diagnostic[],
): Diagnostic[] {
  const first = new Map<string, Stand>();
  return sites.flatMap((site) =>
    stands(site, context)
      .filter(isOfInterest)
      .flatMap((stand) => {
        const other = first.get(stand.address);
        if (!other) first.set(stand.address, stand);
        return other ? clash(other, stand) : [];
      }),
  );
}

/** Sites at one address must agree on whether it is encrypted. */
export function oneSecurityPerListener(model: Model, context: CheckContext): Diagnostic[] {
  return clashes(
    model,
    context,
    () => true,
    (first, { address, tls, site, origin }) => {
      if (first.tls === tls) return [];
      const message = `${address} would serve ${site.hosts[0]} ${tls ? 'by https' : 'in plain http'}, and ${first.site.hosts[0]} the other way`;
      const related = { message: 'the other one', origin: first.origin };
      return [error({ code: 'listener-mixed', message, origin, hint: 'give them different addresses', related })];
    },
  );
}

/** Sites at one address share Caddy's list of trusted proxies, so those that name any must name the same. */
export function oneTrustPerListener(model: Model, context: CheckContext): Diagnostic[] {
  const told = new Set<Site>();
  return clashes(
    model,
    context,
    ({ trusted }) => trusted.value.length > 0,
    (first, { address, trusted, site }) => {
      if (told.has(site) || isDeepStrictEqual(first.trusted.value.toSorted(), trusted.value.toSorted())) return [];
      told.add(site);
      const message = `${site.hosts[0]} and ${first.site.hosts[0]} are both served on ${address}, and trust different proxies`;
      const related = { message: 'the other list', origin: first.trusted.origin };
      const hint = 'name the same proxies, or give one of the sites a "tunnel" or "listen" of its own';
      return [error({ code: 'trusted-proxies-differ', message, origin: trusted.origin, hint, related })];
    },
  );
}

/** A tunnel is believed, and so must not share its address with whoever else comes to the same site. */
export function tunnelsApart({ sites }: Model, context: CheckContext): Diagnostic[] {
  return sites.flatMap((site) => {
    const tunnel = stands(site, context).find(({ isTunnel }) => isTunnel);
    const shared = stands(site, context).find(({ isTunnel, address }) => !isTunnel && address === tunnel?.address);
    if (!tunnel || !shared) return [];
    const message = `${site.hosts[0]} is served on ${tunnel.address} to everyone else too`;
    const hint = 'give the tunnel an address of its own';
    return [error({ code: 'tunnel-shared', message, origin: tunnel.origin, hint })];
  });
}

/** Clients on a Unix socket have no address but what a trusted proxy says, so a rule about it would never hold. */
export function clientsAreKnown({ sites }: Model, context: CheckContext): Diagnostic[] {
  return sites.flatMap((site) => {
    const socket = stands(site, context).find(
      ({ address, trusted }) => address.startsWith('unix/') && trusted.value.length === 0,
    );
    if (!socket) return [];
    return site.routes.flatMap(({ modifiers: { allowFrom, denyFrom } }) => {
      const [rule] = [denyFrom, allowFrom].filter((each) => each !== undefined);
      if (!rule) return [];
      const message = `${site.hosts[0]} is served on ${socket.address}, where no client has an address`;
      const related = { message: 'served there', origin: socket.origin };
      const hint = 'name the "trusted_proxies" in front, which say whom they speak for, or take the rule out';
      return [error({ code: 'client-unknown', message, origin: rule.origin, hint, related })];
    });
  });
}

/** A site that is switched off everywhere is better taken out. */
export function servedSomewhere({ sites }: Model, context: CheckContext): Diagnostic[] {
  return sites
    .filter((site) => stands(site, context).length === 0)
    .map(({ hosts, http }) =>
      error({
        code: 'served-nowhere',
        message: `${hosts[0]} is served neither by https nor in plain http`,
        origin: http.origin,
        hint: 'leave TLS on, say "http: serve", or give it a "listen" address',
      }),
    );
}
