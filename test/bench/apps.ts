import { type RunningCaddy, startCaddy } from '../support/caddy.ts';

/** The apps of all sites: a Caddy that answers on each of their ports. */
export async function startApps(caddyPath: string): Promise<RunningCaddy> {
  const listen = Array.from({ length: 8 }, (_, index) => [`:${8_001 + index}`, `:${9_001 + index}`]).flat();
  const routes = [{ handle: [{ handler: 'static_response', body: 'ok' }] }];
  const apps = { http: { servers: { apps: { listen, automatic_https: { disable: true }, routes } } } };
  return await startCaddy({ caddyPath, config: { apps } });
}
