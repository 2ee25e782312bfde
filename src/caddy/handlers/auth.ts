import type { Modifiers } from '../../ir/model.ts';
import type { Secret } from '../../policy/schema/scalars.ts';
import { realAddress } from './access.ts';
import { type CaddyHandler, fail, onlyWhen, type RouteContext } from './context.ts';
import { placeholder, verbatim } from '../placeholders.ts';
import { hostHeader, pool } from './pool.ts';

/** Caddy's own placeholder for a secret: the value never passes through us. */
function secretPlaceholder(secret: Secret, { secretFiles }: RouteContext): string {
  const file = 'env' in secret ? secretFiles?.get(secret.env) : secret.file;
  return 'env' in secret && file === undefined ? placeholder(`env.${secret.env}`) : placeholder(`file.${file}`);
}

const TOKEN = placeholder('caddyctl.bearer');

/**
 * A browser's preflight carries no credential, so asking for one would break every cross-origin caller. Nor does it carry what
 * makes another request of it: some apps open a WebSocket whatever the method, and some take the method from a header.
 */
const PREFLIGHT = {
  method: ['OPTIONS'],
  header: {
    Origin: [],
    'Access-Control-Request-Method': [],
    Upgrade: null,
    'X-Http-Method': null,
    'X-Http-Method-Override': null,
    'X-Method-Override': null,
  },
};

/** Lets nobody pass without a credential; preflights pass, unless the app behind is sensitive. */
export function authentication(modifiers: Modifiers, sensitive: boolean, context: RouteContext): CaddyHandler[] {
  const auth = modifiers.auth?.value;
  if (auth === undefined || auth.client_certificate !== undefined) return [];
  const gate = auth.basic
    ? [basic(auth.basic, context)]
    : auth.bearer
      ? bearer(auth.bearer, context)
      : forward(modifiers, context);
  return sensitive ? gate : [onlyWhen({ not: [PREFLIGHT] }, gate)];
}

function basic(
  { users, realm }: { users: Readonly<Record<string, Secret>>; realm?: string | undefined },
  context: RouteContext,
): CaddyHandler {
  // bcrypt reads no further than the hash, so the dollar does no harm to one. Alone, where the secret is not set, it is a
  // hash that nothing fits; an empty one would make Caddy refuse the whole config, all other sites with it.
  const accounts = Object.entries(users)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([username, hash]) => ({ password: `${secretPlaceholder(hash, context)}$`, username }));
  return {
    handler: 'authentication',
    providers: {
      http_basic: {
        accounts,
        hash: { algorithm: 'bcrypt' },
        // Without it each request costs a whole bcrypt, about a second at cost 14.
        hash_cache: {},
        ...(realm !== undefined && { realm: verbatim(realm) }),
      },
    },
  };
}

/**
 * The token is taken out of the one Authorization line (several come joined by commas, and match no token) and compared
 * whole: `vars` knows no wildcards. A variable that is not set is an empty text, and so is "no token", hence the second
 * matcher: without it a forgotten secret would let everyone in.
 */
function bearer(tokens: readonly Secret[], context: RouteContext): CaddyHandler[] {
  const known = tokens.map((token) => secretPlaceholder(token, context));
  return [
    {
      handler: 'map',
      source: placeholder('http.request.header.Authorization'),
      destinations: [TOKEN],
      mappings: [{ input_regexp: '^(?i:bearer) +([^\\s,]+)$', outputs: [verbatim('${1}')] }],
      defaults: [''],
    },
    onlyWhen({ not: [{ vars: { [TOKEN]: known }, not: [{ vars: { [TOKEN]: [''] } }] }] }, [
      { handler: 'headers', response: { set: { 'Www-Authenticate': ['Bearer'] } } },
      fail(401),
    ]),
  ];
}

/** A header of the auth service's answer. */
function answered(name: string): string {
  return placeholder(`http.reverse_proxy.header.${name}`);
}

/** Asks the auth service; its 2xx lets the request on with the headers it names, any other answer goes to the client. */
function forward({ auth, authUpstream }: Modifiers, context: RouteContext): CaddyHandler[] {
  const rules = auth?.value.forward;
  if (rules === undefined || authUpstream === undefined) return [];
  const copies = rules.copy_headers.map((name) => ({
    match: [{ not: [{ vars: { [answered(name)]: [''] } }] }],
    handle: [{ handler: 'headers', request: { set: { [name]: [answered(name)] } } }],
  }));
  return [
    // What the service is trusted to say must not come from the client.
    ...(rules.copy_headers.length > 0 ? [{ handler: 'headers', request: { delete: [...rules.copy_headers] } }] : []),
    {
      handler: 'reverse_proxy',
      ...pool(authUpstream, {}),
      // The client's query stays out of it: `?rd=…` would be an instruction to many of these services.
      rewrite: { method: 'GET', uri: rules.path.includes('?') ? rules.path : `${rules.path}?` },
      headers: {
        request: {
          // It is asked about a WebSocket, and not for one.
          delete: ['Connection', 'Upgrade'],
          set: {
            ...hostHeader(authUpstream),
            'X-Forwarded-Method': [placeholder('http.request.method')],
            'X-Forwarded-Uri': [placeholder('http.request.uri')],
            ...realAddress(context),
          },
        },
      },
      handle_response: [{ match: { status_code: [2] }, routes: [{ handle: [{ handler: 'vars' }] }, ...copies] }],
    },
  ];
}
