import type { Site } from '../ir/model.ts';
import { type Stand, stands, type UsualPorts } from '../ir/stands.ts';
import { folded } from './go-text.ts';

/** Everything that is served at one address. */
export interface Listener {
  readonly address: string;
  readonly tls: boolean;
  /** Proxies that any of its sites trusts: Caddy has one list for each listener. */
  readonly trusted: readonly string[];
  /** Whose host this is here: exact beats wildcard. */
  readonly standOf: (host: string) => Stand | undefined;
}

/** All listeners of a model by their address; made once, so that a host among ten thousand sites is found at once. */
export function listenersOf(sites: readonly Site[], ports: UsualPorts): ReadonlyMap<string, Listener> {
  const byAddress = new Map<string, Stand[]>();
  for (const stand of sites.flatMap((site) => stands(site, ports))) {
    const known = byAddress.get(stand.address);
    if (known) known.push(stand);
    else byAddress.set(stand.address, [stand]);
  }
  return new Map([...byAddress].map(([address, here]) => [address, listener(address, here)]));
}

function listener(address: string, here: readonly Stand[]): Listener {
  const byHost = new Map<string, Stand>();
  // A site that names an address twice stands there once.
  for (const stand of here.toReversed()) for (const host of stand.site.hosts) byHost.set(folded(host), stand);
  return {
    address,
    tls: here.some(({ tls }) => tls),
    trusted: [...new Set(here.flatMap(({ trusted }) => trusted.value))],
    standOf: (host) => {
      const name = folded(host);
      const dot = name.indexOf('.');
      // A star of the client's own is no wildcard, but as a label below one it is as good as any.
      const exact = name.startsWith('*.') ? undefined : byHost.get(name);
      return exact ?? (dot === -1 ? undefined : byHost.get(`*${name.slice(dot)}`));
    },
  };
}
