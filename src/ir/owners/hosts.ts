import { isIP } from 'node:net';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { parseHosts } from '../../policy/schema/site.ts';
import type { ParsedPolicy } from '../../policy/parse.ts';
import { breach } from './breach.ts';
import type { Owner, Owners } from './owners.ts';

/** Whose each host is: of the owner with the longest suffix that it ends in. */
export interface HostRights {
  /** Undefined where the host is nobody's. */
  readonly holder: (host: string) => Owner | undefined;
  /** Another's host that a wildcard over `suffix` would take requests of, too. */
  readonly takenBy: (suffix: string, owner: Owner) => { readonly host: string; readonly owner: Owner } | undefined;
}

export function hostRights({ all }: Owners): HostRights {
  const bySuffix = new Map(all.flatMap((owner) => owner.rules.hosts.map((suffix) => [suffix, owner])));
  const holder = (host: string): Owner | undefined => {
    if (isIP(host) !== 0) return bySuffix.get(host) ?? bySuffix.get('');
    for (let rest = host; ; rest = rest.slice(rest.indexOf('.') + 1)) {
      const found = bySuffix.get(rest);
      if (found !== undefined) return found;
      if (!rest.includes('.')) return bySuffix.get('');
    }
  };
  return {
    holder,
    takenBy(suffix, owner) {
      for (const [host, other] of bySuffix) {
        // `*` stands for one label.
        if (other !== owner && host.slice(host.indexOf('.') + 1) === suffix && host !== suffix)
          return { host, owner: other };
      }
      return undefined;
    },
  };
}

/** Hosts that are not the owner's. */
export function hostBreaches(policy: ParsedPolicy, owner: Owner, { holder, takenBy }: HostRights): Diagnostic[] {
  const { file, root, value } = policy;
  return Object.keys(value.sites ?? {}).flatMap((key) => {
    const hosts = parseHosts(key);
    const origin = { file, root, path: ['sites', key] };
    return ('value' in hosts ? hosts.value : []).flatMap((host) => {
      const named = host.startsWith('*.') ? host.slice(2) : host;
      const whose = holder(named);
      if (whose !== owner) {
        const why = whose === undefined ? 'it is none of its hosts' : `it is ${whose.name}'s`;
        return [
          breach('owner-host', owner, 'hosts', { message: `${owner.name} may not serve ${host}: ${why}`, origin }),
        ];
      }
      const taken = host === named ? undefined : takenBy(named, owner);
      if (taken === undefined) return [];
      const message = `${owner.name} may not serve ${host}: ${taken.host} is ${taken.owner.name}'s`;
      return [breach('owner-host', owner, 'hosts', { message, origin })];
    });
  });
}
