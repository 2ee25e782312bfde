import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Address } from '../../policy/schema/network.ts';
import type { Model, Route, Upstream } from '../model.ts';
import { type CheckContext, eachRoute, error, warning } from './finding.ts';
import { canonicalDial, isLoopback, isMetadata } from './reach.ts';

/** Ports whose owners have no login of their own, or one that the internet must not reach. */
const SENSITIVE_PORTS: ReadonlyMap<number, string> = new Map([
  [2019, "Caddy's admin API"],
  [2020, "caddyctl's own status"],
  [2375, 'the Docker API'],
  [2379, 'etcd'],
  [3306, 'MySQL'],
  [5432, 'PostgreSQL'],
  [6333, 'Qdrant'],
  [6379, 'Redis'],
  [8500, 'Consul'],
  [9200, 'Elasticsearch'],
  [11211, 'memcached'],
  [11434, 'Ollama'],
  [27017, 'MongoDB'],
]);

function upstreamsOf({ handler, modifiers }: Route): Upstream[] {
  return [
    ...(handler.kind === 'proxy' ? [handler.upstream] : []),
    ...(modifiers.authUpstream ? [modifiers.authUpstream] : []),
  ];
}

/** What has no lock of its own must not stand open. */
export function openSensitive(model: Model): Diagnostic[] {
  return eachRoute(model, ({ handler, modifiers, origin }) => {
    if (handler.kind !== 'proxy' || modifiers.auth || narrows(modifiers.allowFrom?.value)) return [];
    const { facts, addresses, service } = handler.upstream;
    const known = addresses.map(({ port }) => SENSITIVE_PORTS.get(port ?? 0)).find((found) => found !== undefined);
    if (!facts.sensitive && known === undefined) return [];
    const what = facts.sensitive ? `the service "${service}" is sensitive` : `this is the port of ${known}`;
    const message = `${what}, and this route lets anyone in`;
    return [
      error({ code: 'sensitive-open', message, origin, hint: 'give the route or its site "auth" or "allow_from"' }),
    ];
  });
}

/** Whether somebody is kept out: a range of everything is as good as none. */
function narrows(ranges: readonly string[] | undefined): boolean {
  return ranges !== undefined && !ranges.some((range) => range.endsWith('/0'));
}

/** `global.never_expose`, Caddy's own admin API, caddyctl's own status, and where a cloud hands out its credentials. */
export function forbiddenUpstreams(model: Model, { adminAddresses, statusAddresses }: CheckContext): Diagnostic[] {
  return eachRoute(model, (route) =>
    [...upstreamsOf(route).flatMap(({ addresses }) => addresses), ...rawAddresses(route)].flatMap((address) => {
      const rule = model.neverExpose.find(({ value }) => value === address.port);
      if (rule) {
        const message = `the port ${address.port} is never to be exposed, and this route reaches ${address.dial}`;
        const related = { message: 'forbidden here', origin: rule.origin };
        const hint = 'remove the route, or take the port out of never_expose';
        return [error({ code: 'never-exposed', message, origin: route.origin, hint, related })];
      }
      if (address.host !== undefined && isMetadata(address.host)) {
        const message = `${address.dial} is where a cloud hands a machine its credentials, to whoever asks`;
        const hint = 'remove the route, or give the app an address of its network';
        return [error({ code: 'metadata-upstream', message, origin: route.origin, hint })];
      }
      if (leadsTo(address, [USUAL_STATUS, ...statusAddresses])) {
        const message = `${address.dial} is caddyctl's own status: whoever reaches it learns of every site and mistake`;
        const hint = 'remove the route; to show the status, give it a socket of its own: --status unix//path';
        return [error({ code: 'status-upstream', message, origin: route.origin, hint })];
      }
      if (!leadsTo(address, [USUAL_ADMIN, ...adminAddresses])) return [];
      const message = `${address.dial} is Caddy's admin API: whoever reaches it can change or stop everything`;
      const hint = 'remove the route: the admin API is for this machine alone';
      return [error({ code: 'admin-upstream', message, origin: route.origin, hint })];
    }),
  );
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

/** A body that the app takes must not be stopped on the way, nor a stream that it sends be held back. */
export function factsRespected(model: Model): Diagnostic[] {
  return eachRoute(model, ({ handler, modifiers, origin }) => {
    if (handler.kind !== 'proxy') return [];
    const { facts, service } = handler.upstream;
    const { maxBody } = modifiers;
    if (!maxBody || !facts.max_upload || maxBody.value >= facts.max_upload.bytes) return [];
    const message = `max_body is ${maxBody.value} bytes, and the service "${service}" takes uploads of ${facts.max_upload.bytes}`;
    const related = { message: `the route to it is here`, origin };
    const hint = `raise max_body, or lower max_upload of "${service}"${facts.max_upload.decimal ? '' : ' (MiB is 2^20, MB is 10^6)'}`;
    return [error({ code: 'max-body-below-upload', message, origin: maxBody.origin, at: 'value', hint, related })];
  });
}

/** Plain http past this machine can be read and changed by anyone in between. */
export function clearUpstreams(model: Model): Diagnostic[] {
  return eachRoute(model, ({ handler, origin }) => {
    if (handler.kind !== 'proxy') return [];
    const far = handler.upstream.addresses.find(
      ({ scheme, host }) => scheme !== 'https' && host !== undefined && isFar(host),
    );
    if (!far) return [];
    const message = `${far.dial} is reached in plain http, and it is not on this host`;
    return [
      warning({
        code: 'clear-upstream',
        message,
        origin,
        hint: `write https://${far.dial} if it can, or silence "clear-upstream"`,
      }),
    ];
  });
}

/** A name of one label is taken for a container on a network of its own. */
function isFar(host: string): boolean {
  return !isLoopback(host) && /[.:]/.test(host) && !host.endsWith('.internal');
}
