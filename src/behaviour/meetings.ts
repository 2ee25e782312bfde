import type { Explainer } from '../explain/explainer.ts';
import type { Listener } from '../explain/host-index.ts';
import { stands } from '../ir/stands.ts';
import type { Policies } from './policies.ts';
import type { Side } from './side.ts';

/** What becomes of one host at one listener, before and after. */
export interface Meeting {
  readonly at: string;
  /** As a policy names it; `*` for hosts that no site has. */
  readonly host: string;
  /** A name that it stands for. */
  readonly sample: string;
  /** Undefined where no site had or has the host. */
  readonly before: Side | undefined;
  readonly after: Side | undefined;
  readonly listeners: readonly [before: Listener | undefined, after: Listener | undefined];
}

/** Every listener of either side with every host that is named there, and one that none names. */
export function* meetingsOf(old: Policies, now: Policies, sides: readonly [Explainer, Explainer]): Generator<Meeting> {
  const policies = [old, now] as const;
  const hostsAt = namedHosts(policies);
  const exact = new Set([...hostsAt.values()].flatMap((hosts) => [...hosts]));
  const byAddress = sides.map(({ listeners }) => new Map(listeners.map((each) => [each.address, each])));
  for (const [at, hosts] of hostsAt) {
    const listeners = [byAddress[0]?.get(at), byAddress[1]?.get(at)] as const;
    for (const host of [...hosts, '*']) {
      const sample = sampleOf(host, exact);
      const [before, after] = listeners.map((listener, side): Side | undefined => {
        const stand = listener?.standOf(sample);
        const { surroundings } = policies[side] ?? old;
        return listener && stand && { stand, listener, surroundings };
      });
      yield { at, host, sample, before, after, listeners };
    }
  }
}

function namedHosts(policies: readonly Policies[]): Map<string, Set<string>> {
  const hostsAt = new Map<string, Set<string>>();
  for (const { model, surroundings } of policies) {
    for (const { address, site } of model.sites.flatMap((each) => stands(each, surroundings))) {
      const known = hostsAt.get(address) ?? new Set();
      hostsAt.set(address, known);
      for (const host of site.hosts) known.add(host);
    }
  }
  return hostsAt;
}

function sampleOf(host: string, taken: ReadonlySet<string>): string {
  if (host === '*') return 'no-site.invalid';
  if (!host.startsWith('*.')) return host;
  for (let turn = 0; ; turn++) {
    const name = host.replace('*', `any${turn === 0 ? '' : turn}`);
    if (!taken.has(name)) return name;
  }
}
