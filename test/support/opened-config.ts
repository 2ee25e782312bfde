import type { CaddyConfig } from '../../src/caddy/translate.ts';

type Json = { readonly [key: string]: unknown };

/**
 * A config as anyone can ask it: every listener speaks plain http, and whatever a route leads to is the app at `dial`.
 * For what is asked of answers alone: nothing else about it is as it was.
 */
export function openedConfig(config: CaddyConfig, dial: string): CaddyConfig {
  const { http, ...apps } = config.apps as unknown as { readonly http: { readonly servers: Record<string, Json> } };
  const servers = Object.entries(http.servers).map(([name, server]): [string, Json] => {
    const { tls_connection_policies: _, protocols: __, ...rest } = server;
    return [name, { ...(redialled(rest, dial) as Json), automatic_https: { disable: true } }];
  });
  return { ...config, apps: { ...apps, http: { ...http, servers: Object.fromEntries(servers) } } as never };
}

function redialled(value: unknown, dial: string): unknown {
  if (Array.isArray(value)) return value.map((item) => redialled(item, dial));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, redialled(item, dial)]);
  const copy = Object.fromEntries(entries) as Json;
  if (copy['handler'] !== 'reverse_proxy') return copy;
  const { transport: _, health_checks: __, ...rest } = copy;
  return { ...rest, upstreams: [{ dial }] };
}

/** Hosts and paths that its routes ask for, so that each can be asked for something. */
export function askedOf(config: CaddyConfig): { readonly hosts: readonly string[]; readonly paths: readonly string[] } {
  const hosts = new Set<string>();
  const paths = new Set(['/', '/x/y']);
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === 'host' && Array.isArray(item)) for (const host of item) hosts.add(String(host).replace('*', 'x'));
      else if (key === 'path' && Array.isArray(item))
        for (const path of item) paths.add(encodeURI(String(path).replaceAll('\\', '').replace(/\*$/, 'z')));
      else visit(item);
    }
  };
  visit(config.apps);
  return { hosts: [...hosts], paths: [...paths] };
}
