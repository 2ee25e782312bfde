import type { CaddyConfig } from '../../../src/caddy/translate.ts';

/** Header by which an answer tells the `@id` of the route that took the request. */
export const ROUTE = 'X-Test-Route';
/** Header by which an answer tells what kind of handler made it, and where the app would have been. */
export const HANDLER = 'X-Test-Handler';
/** The header that the auth service of the test speaks of, and what it says. */
export const AUTH_WORD = 'auth-says';

type Json = Record<string, unknown>;

export interface Places {
  /** What Caddy listens on in place of an address of the policy. */
  readonly listen: (address: string) => string;
  /** Dial addresses of an app that echoes what it sees, and of an auth service that lets everyone pass. */
  readonly echo: string;
  readonly gate: string;
}

/** Header names whose values the echo tells, in this order. */
export const echoed = [
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'Forwarded',
  'X-Real-Ip',
  'Authorization',
  'Remote-User',
  'X-Groups',
  'X-Frame-Options',
  'X-Powered-By',
  'Cache-Control',
  'Strict-Transport-Security',
  'Content-Security-Policy',
  'X-Zero',
] as const;

export const separator = '\u001f';

/**
 * Our own config, so that a request can be followed through it: every guard and matcher stands as it was made, but each
 * route says its `@id`, apps are an echo, files are not looked for, and TLS is any name's.
 */
export function instrumented({ apps }: CaddyConfig, places: Places): Json {
  const { servers } = (apps as { http: { servers: Record<string, Json> } }).http;
  const echo = ['{http.request.method}', '{http.request.uri}', '{http.request.hostport}'];
  const own = {
    echo: answering(places.echo, {
      body: [...echo, ...echoed.map((name) => `{http.request.header.${name}}`)].join(separator),
    }),
    gate: answering(places.gate, { headers: { 'Remote-User': [AUTH_WORD], 'X-Groups': [AUTH_WORD] } }),
  };
  const made = Object.entries(servers).map(([name, server]) => [name, serverOf(server, places)]);
  return {
    apps: {
      http: { servers: { ...Object.fromEntries(made), ...own } },
      pki: { certificate_authorities: { local: { install_trust: false } } },
      tls: {
        certificates: { automate: ['sandbox.test'] },
        automation: { policies: [{ issuers: [{ module: 'internal' }] }] },
      },
    },
  };
}

function answering(listen: string, answer: Json): Json {
  const handle = [{ handler: 'static_response', status_code: 200, ...answer }];
  return { listen: [listen], protocols: ['h1'], automatic_https: { disable: true }, routes: [{ handle }] };
}

function serverOf(given: Json, places: Places): Json {
  const { logs: _logs, tls_connection_policies: tls, ...server } = given;
  return {
    ...server,
    listen: (server['listen'] as string[]).map(places.listen),
    protocols: ['h1'],
    automatic_https: { disable: true },
    ...(tls !== undefined && { tls_connection_policies: [{ default_sni: 'sandbox.test' }] }),
    routes: (server['routes'] as Json[]).map((route) => routeOf(route, places)),
  };
}

function routeOf(route: Json, places: Places): Json {
  const says = { handler: 'headers', response: { set: { [ROUTE]: [route['@id']] } } };
  return { ...route, handle: [says, ...handlersOf(route['handle'] as Json[], places)] };
}

function handlersOf(handlers: readonly Json[], places: Places): Json[] {
  return handlers.map((handler) => handlerOf(handler, places));
}

function handlerOf(given: Json, places: Places): Json {
  const { handler } = given;
  if (handler === 'subroute') {
    const routes = (given['routes'] as Json[]).map((route) => ({
      ...route,
      handle: handlersOf(route['handle'] as Json[], places),
    }));
    return { ...given, routes };
  }
  if (handler === 'file_server') {
    return { handler: 'static_response', headers: { [HANDLER]: ['files'] }, body: '{http.request.uri}' };
  }
  if (handler !== 'reverse_proxy') return given;
  const { upstreams, transport: _transport, load_balancing: _balancing, health_checks: _health, ...kept } = given;
  if (given['handle_response'] !== undefined) return { ...kept, upstreams: [{ dial: places.gate }] };
  const dials = (upstreams as { dial: string }[]).map(({ dial }) => dial).join(' ');
  return {
    ...kept,
    headers: { ...(given['headers'] as Json), response: { set: { [HANDLER]: [`proxy ${dials}`] } } },
    upstreams: [{ dial: places.echo }],
  };
}
