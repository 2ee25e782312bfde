import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../model.ts';
import { eachRoute, error, warning } from './finding.ts';
import { isLoopback } from './reach.ts';

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
        hint: `write https://${far.dial} if it can, or accept it: global: { diagnostics: { clear-upstream: off } }`,
      }),
    ];
  });
}

/** A name of one label is taken for a container on a network of its own. */
function isFar(host: string): boolean {
  return !isLoopback(host) && /[.:]/.test(host) && !host.endsWith('.internal');
}
