import { isIP } from 'node:net';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Address } from '../../policy/schema/network.ts';
import type { Model, Route, Site, Upstream } from '../model.ts';
import { PerSite } from '../per-site.ts';
import { type CheckContext, eachRoute, error } from './finding.ts';
import { canonicalDial, canonicalHost, isLoopback, isMetadata } from './reach.ts';

/** Dial addresses that are not for policies. */
type Guarded = Pick<CheckContext, 'adminAddresses' | 'statusAddresses'>;

/** `global.never_expose`, Caddy's own admin API, caddyctl's own status, and where a cloud hands out its credentials. */
export function forbiddenUpstreams(model: Model, context: Guarded): Diagnostic[] {
  return eachRoute(model, (route) =>
    dialledBy(route).flatMap((address) => {
      const rule = model.neverExpose.find(({ value }) => value === address.port);
      if (rule === undefined) return forbidden(address, address.dial, context, route);
      const message = `the port ${address.port} is never to be exposed, and this route reaches ${address.dial}`;
      const related = { message: 'forbidden here', origin: rule.origin };
      const hint = 'remove the route, or take the port out of never_expose';
      return [error({ code: 'never-exposed', message, origin: route.origin, hint, related })];
    }),
  );
}

/** The names that upstreams are reached by, as a resolver is asked for them. */
export function namesDialled({ sites }: Model): Set<string> {
  return new Set(sites.flatMap(namesOfSite));
}

/** The names among dial addresses. */
export function namesOf(dials: readonly string[]): Set<string> {
  const hosts = dials.flatMap((dial) => dialled(dial).host ?? []).map(canonicalHost);
  return new Set(hosts.filter(isName));
}

/** Whether a resolver is asked for it. */
function isName(host: string): boolean {
  return isIP(host) === 0 && !isLoopback(host);
}

/** The same dial addresses with what their names lead to in place of these. */
export function dialsBehind(dials: readonly string[], addresses: ReadonlyMap<string, readonly string[]>): string[] {
  return dials.flatMap((dial) => {
    const { host, port } = dialled(dial);
    return (host === undefined ? [] : (addresses.get(canonicalHost(host)) ?? [])).map((address) =>
      dialOf(address, port),
    );
  });
}

function dialOf(address: string, port: number | undefined): string {
  return `${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

/** The same as `forbiddenUpstreams` of what names lead to; of a name that is not among `addresses`, nothing. */
export function forbiddenByName(
  model: Model,
  context: Guarded,
  addresses: ReadonlyMap<string, readonly string[]>,
): Diagnostic[] {
  // A set has names by the thousand, and hardly one of them leads to anything of this machine.
  const guarded = new Set([...context.adminAddresses, ...context.statusAddresses].map((dial) => dialled(dial).host));
  const isDoubtful = (address: string): boolean => isLoopback(address) || isMetadata(address) || guarded.has(address);
  const doubtful = new Map([...addresses].filter(([, found]) => reachable(found).some(isDoubtful)));
  if (doubtful.size === 0) return [];
  const sites = model.sites.filter((site) => namesOfSite(site).some((name) => doubtful.has(name)));
  return eachRoute({ ...model, sites }, (route) =>
    dialledBy(route).flatMap(({ dial, host = '', port }) => {
      const reasons = reachable(doubtful.get(canonicalHost(host)) ?? []).flatMap((address) => {
        const led = dialled(dialOf(address, port));
        return forbidden(led, `${dial} leads to ${address}, which`, context, route);
      });
      return reasons.slice(0, 1);
    }),
  );
}

function namesOfSite(site: Site): readonly string[] {
  return names.of(site, '', () => {
    const hosts = site.routes.flatMap((route) => dialledBy(route).flatMap(({ host }) => host ?? []));
    return [...new Set(hosts.map(canonicalHost))].filter(isName);
  });
}

const names = new PerSite<readonly string[]>();

/** Without a zone, which no server tells, a link-local address of IPv6 is only dialled where there is no other. */
function reachable(addresses: readonly string[]): readonly string[] {
  const others = addresses.filter((address) => !/^fe[89ab]/i.test(address));
  return others.length > 0 ? others : addresses;
}

function upstreamsOf({ handler, modifiers }: Route): Upstream[] {
  return [
    ...(handler.kind === 'proxy' ? [handler.upstream] : []),
    ...(modifiers.authUpstream ? [modifiers.authUpstream] : []),
  ];
}

function dialledBy(route: Route): Dialled[] {
  return [...upstreamsOf(route).flatMap(({ addresses }) => addresses), ...rawAddresses(route)];
}

function forbidden(
  address: Dialled,
  says: string,
  { adminAddresses, statusAddresses }: Guarded,
  { origin }: Route,
): Diagnostic[] {
  if (address.host !== undefined && isMetadata(address.host)) {
    const message = `${says} is where a cloud hands a machine its credentials, to whoever asks`;
    const hint = 'remove the route, or give the app an address of its network';
    return [error({ code: 'metadata-upstream', message, origin, hint })];
  }
  if (leadsTo(address, [USUAL_STATUS, ...statusAddresses])) {
    const message = `${says} is caddyctl's own status: whoever reaches it learns of every site and mistake`;
    const hint = 'remove the route; to show the status, give it a socket of its own: --status unix//path';
    return [error({ code: 'status-upstream', message, origin, hint })];
  }
  if (!leadsTo(address, [USUAL_ADMIN, ...adminAddresses])) return [];
  const message = `${says} is Caddy's admin API: whoever reaches it can change or stop everything`;
  const hint = 'remove the route: the admin API is for this machine alone';
  return [error({ code: 'admin-upstream', message, origin, hint })];
}

type Dialled = Pick<Address, 'dial' | 'host' | 'port'>;

/** What Caddy's own handlers dial, wherever in them it stands. A placeholder there is beyond telling. */
function rawAddresses({ handler }: Route): Dialled[] {
  return handler.kind === 'raw' ? dialsWithin(handler.handlers) : [];
}

function dialsWithin(value: unknown): Dialled[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'dial' && typeof each === 'string' ? [dialled(each)] : dialsWithin(each),
  );
}

function dialled(dial: string): Dialled {
  const [, bracketed, plain, port] = /^(?:tcp[46]?\/)?(?:\[([^\]]*)\]|([^:[\]/]*)):(\d+)$/.exec(dial) ?? [];
  return port === undefined ? { dial } : { dial, host: bracketed ?? plain ?? '', port: Number(port) };
}

/** Where they are unless told otherwise. */
const USUAL_STATUS = '127.0.0.1:2020';
const USUAL_ADMIN = '127.0.0.1:2019';

/** Whether it leads to one of these; all spellings of this machine are one. */
function leadsTo({ dial, host, port }: Dialled, addresses: readonly string[]): boolean {
  const isHere = host !== undefined && isLoopback(host);
  return addresses.map(dialled).some((other) => {
    if (canonicalDial(other.dial) === canonicalDial(dial)) return true;
    return isHere && other.host !== undefined && isLoopback(other.host) && other.port === port;
  });
}
