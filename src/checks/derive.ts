import { explainer, type Surroundings as Explained } from '../explain/explainer.ts';
import type { Model, Site } from '../ir/model.ts';
import { PerSite } from '../ir/per-site.ts';
import { stands, type Stand } from '../ir/stands.ts';
import type { Check } from './check.ts';
import { auth } from './derive/auth.ts';
import { deny } from './derive/deny.ts';
import { access, cors, limit, rateLimits } from './derive/gates.ts';
import { headers } from './derive/headers.ts';
import { health } from './derive/health.ts';
import { certificate, protocols, unknownHost } from './derive/listener.ts';
import { ownAnswers } from './derive/own-answers.ts';
import { ANY, type Spot } from './derive/spot.ts';
import { cookies, streams } from './derive/streams.ts';
import { toHttps } from './derive/to-https.ts';
import { written } from './derive/written.ts';
import type { Where } from './where.ts';

export interface Surroundings extends Explained {
  readonly internalCa: boolean;
  readonly where: Where;
}

/** What holds of a site wherever it is served. */
const SERVED = [health, streams, cookies, access, auth, limit, deny, cors, ownAnswers, headers, rateLimits, protocols];

/** All that can be asked of what these policies promise, and all that they promise and that cannot be. Pure. */
export function deriveChecks(model: Pick<Model, 'sites'>, around: Surroundings): Check[] {
  const explained = explainer(model, around);
  const known = new Map(explained.listeners.map((listener) => [listener.address, listener]));
  const shared = [around.internalCa, around.httpPort, around.httpsPort, [...(around.modules ?? [])]];
  const asked = new Set<string>();
  return named(
    model.sites.flatMap((site) => {
      const own = stands(site, around);
      return own.flatMap((stand) => {
        const isFirst = own[0] === stand;
        const spots = spotsOf(site, stand, isFirst, { around, explained });
        const [first] = spots;
        if (first === undefined) return [];
        const isNew = !asked.has(stand.address) && !isShut(stand);
        if (isNew) asked.add(stand.address);
        const listener = known.get(stand.address);
        const make = (): Check[] => checksOf(stand, isFirst, spots, around).map((check) => orOff(site, check));
        // Where a host of its own is taken by another site, what becomes of a request depends on that one too.
        const isAlone = spots.every((spot) => listener?.standOf(spot.asked)?.site === site);
        const { address, tls, onlyToHttps, isTunnel } = stand;
        const here = [address, tls, onlyToHttps, isTunnel, listener?.tls, listener?.trusted];
        const key = JSON.stringify([shared, here, isFirst, first.from]);
        return [
          ...(isAlone ? remembered.of(site, key, make) : make()),
          ...(isNew ? [orOff(site, unknownHost(first))] : []),
        ];
      });
    }),
  );
}

const remembered = new PerSite<readonly Check[]>();

function checksOf(stand: Stand, isFirst: boolean, spots: readonly Spot[], { internalCa }: Surroundings): Check[] {
  const [first] = spots;
  if (first === undefined) return [];
  const turn = isShut(stand) ? fromOutside : same;
  return [
    ...spots.flatMap((spot) => certificate(spot, internalCa)),
    ...(stand.onlyToHttps ? spots.map(toHttps) : SERVED.flatMap((rule) => rule(first)).map(turn)),
    ...(isFirst ? written(first).map(turn) : []),
  ];
}

/** Whether nobody comes in without a client certificate. */
function isShut({ tls, site }: Stand): boolean {
  return tls && site.modifiers.auth?.value.client_certificate !== undefined;
}

/** One for each host; what holds of the site is asked of the first. */
function spotsOf(
  site: Site,
  { address, tls, onlyToHttps }: Stand,
  isFirst: boolean,
  { around, explained }: { around: Surroundings; explained: Spot['explainer'] },
): Spot[] {
  const protocol = site.protocols.value;
  return site.hosts.map((host) => {
    const asked = host.replace(/^\*/, ANY);
    return {
      site,
      host,
      asked,
      to: {
        at: address,
        tls,
        serverName: asked,
        http: tls && !protocol.includes('h1') && protocol.includes('h2') ? 2 : 1,
      },
      from: around.where.get(address)?.from,
      suffix: isFirst || onlyToHttps ? '' : ` at ${address}`,
      explainer: explained,
    };
  });
}

function same(check: Check): Check {
  return check;
}

/** Where TLS itself asks for a certificate there is no answer to look at, and only that can be seen. */
function fromOutside(check: Check): Check {
  if (check.name === 'auth' || check.probe.kind === 'none') return check;
  return { ...check, probe: { kind: 'none', reason: 'a client certificate is needed' } };
}

/** What a site does without is told with the reason that the policy gives. */
function orOff({ checks }: Site, check: Check): Check {
  for (const { value, origin } of checks) {
    if (!('off' in value) || !value.off.some((name) => name === check.name)) continue;
    return { ...check, origin, probe: { kind: 'none', reason: `turned off: ${value.reason}` } };
  }
  return check;
}

/** Ids are unique: what is told twice in one way is counted. */
function named(checks: readonly Check[]): Check[] {
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const turn = (seen.get(check.id) ?? 0) + 1;
    seen.set(check.id, turn);
    return turn === 1 ? check : { ...check, id: `${check.id} #${turn}` };
  });
}
