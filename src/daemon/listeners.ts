import { servers } from '../caddy/servers.ts';
import type { Target } from '../caddy/target.ts';
import type { Place } from '../diagnostics/position.ts';
import type { Model, Site } from '../ir/model.ts';
import { placeOf, within } from '../ir/origin.ts';

/** An address that the config wants to listen on. */
export interface Listener {
  readonly address: string;
  /** On UDP as well, for HTTP/3. */
  readonly udp: boolean;
  /** The policy line that names it; absent for the ports that all sites share. */
  readonly place?: Place;
}

/** Every listen address as policies and ports name it, each once. */
export function listeners(model: Model, target: Target): Listener[] {
  const byAddress = new Map<string, Listener>();
  for (const { listen, tls, protocols, offers } of servers(model, target)) {
    for (const address of listen) {
      const [place] = offers.flatMap(({ site }) => placeOfListen(site, address) ?? []);
      const udp = tls && protocols.includes('h3');
      byAddress.set(address, { address, udp, ...(place && { place }) });
    }
  }
  return [...byAddress.values()];
}

function placeOfListen({ listen, tunnel }: Site, address: string): Place | undefined {
  const own = listen.find(({ value }) => value === address);
  if (own) return placeOf(own.origin, 'value');
  return tunnel?.value.listen === address ? placeOf(within(tunnel.origin, 'listen'), 'value') : undefined;
}
