import type { JsonValue } from '../caddy/json.ts';
import type { Conflict, ConflictInput } from './conflict.ts';
import { at, entriesOf, itemsOf } from './live.ts';
import { isOurs, isOurServer } from './marks.ts';
import { foreignSide, hostsOf, normalHost, siteSide } from './sides.ts';
import { subjectsOf } from './tls-order.ts';

/** Hosts of ours that another server routes, or whose certificates another automation policy decides about. */
export function hostConflicts(input: ConflictInput, settled: ReadonlySet<string>): Conflict[] {
  const foreignServers = entriesOf(at(input.live.apps, 'http', 'servers')).some(
    ([name, server]) => !isOurServer(name, server, input.owner, false),
  );
  const foreignPolicies = itemsOf(at(input.live.apps, 'tls', 'automation', 'policies')).some(
    (policy) => !isOurs(policy, input.owner),
  );
  if (!foreignServers && !foreignPolicies) return [];
  const ours = new Map<string, JsonValue>();
  for (const [, server] of entriesOf(at(input.desired.apps, 'http', 'servers'))) {
    for (const [host, route] of hostsOf(server)) if (!ours.has(host)) ours.set(host, route);
  }
  return [...inServers(input, ours, settled), ...inPolicies(input, ours)];
}

type Hosts = ReadonlyMap<string, JsonValue>;

function inServers(
  { live, desired, owner, placeOf }: ConflictInput,
  ours: Hosts,
  settled: ReadonlySet<string>,
): Conflict[] {
  const wanted = new Set(entriesOf(at(desired.apps, 'http', 'servers')).map(([name]) => name));
  return entriesOf(at(live.apps, 'http', 'servers')).flatMap(([name, server]) => {
    if (isOurServer(name, server, owner, wanted.has(name)) || settled.has(`apps/http/servers/${name}`)) return [];
    return [...hostsOf(server).keys()].flatMap((host): Conflict[] => {
      const route = ours.get(host);
      if (route === undefined) return [];
      const side = siteSide(host, route, placeOf);
      const message = `${side.text} is also routed by ${foreignSide('server', name, server)}`;
      return [{ kind: 'host', message, hint: SIDE_BY_SIDE, place: side.place, takes: [] }];
    });
  });
}

const SIDE_BY_SIDE = 'with --force-conflicts both stay, each on its own listeners';

/**
 * Caddy refuses a name that stands in two automation policies, and a second policy for every name. So what is taken is
 * exactly the name; a policy that would be left without a name goes, since it would then mean every name.
 */
function inPolicies({ live, desired, owner, placeOf }: ConflictInput, ours: Hosts): Conflict[] {
  const policies = itemsOf(at(desired.apps, 'tls', 'automation', 'policies'));
  const wanted = new Set(policies.flatMap(subjectsOf).map(normalHost));
  const wantsAll = policies.some((policy) => subjectsOf(policy).length === 0);
  return itemsOf(at(live.apps, 'tls', 'automation', 'policies')).flatMap((policy, index): Conflict[] => {
    if (isOurs(policy, owner)) return [];
    const path = ['apps', 'tls', 'automation', 'policies', index];
    const subjects = subjectsOf(policy).map(normalHost);
    const other = foreignSide('TLS automation policy', '', policy);
    if (subjects.length === 0) {
      if (!wantsAll) return [];
      const message = `the policies and ${other}, both want to say how every other certificate is made`;
      return [{ kind: 'tls', message, takes: [{ path, what: other }] }];
    }
    const goesWhole = subjects.every((name) => wanted.has(name));
    return subjects.flatMap((name, at): Conflict[] => {
      const route = ours.get(name);
      if (route === undefined && !wanted.has(name)) return [];
      const side = siteSide(name, route ?? null, placeOf);
      const take = { path: goesWhole ? path : [...path, 'subjects', at], what: `${name} in ${other}` };
      const message = `the certificate of ${side.text} is also decided by ${other}`;
      return [{ kind: 'tls', message, place: side.place, takes: wanted.has(name) ? [take] : [] }];
    });
  });
}
