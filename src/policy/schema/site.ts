import { z } from 'zod';
import { check } from './check.ts';
import { handlers, routes, use } from './handler.ts';
import { modifiers } from './modifiers.ts';
import { listen, parseHost, parseUrl, ranges } from './network.ts';
import { caddyFile } from './scalars.ts';
import { addKeyProblem, type Parsed, problem, keyOf, oneOrMore, textOf } from './text.ts';

export const permission = textOf(parseUrl, {
  description: 'Asked with ?domain=NAME before a certificate is made; 200 allows it.',
});

const tls = z
  .union([
    z.enum(['auto', 'internal', 'off']),
    z.strictObject({ certificate: caddyFile, key: caddyFile }),
    z.strictObject({ on_demand: z.strictObject({ ask: permission }) }),
  ])
  .meta({ description: "auto (ACME), internal (Caddy's own CA), off, certificate files, or on demand." });

export type TlsChoice = z.output<typeof tls>;

export const protocols = z
  .array(z.enum(['h1', 'h2', 'h3']))
  .min(1)
  .meta({ description: 'HTTP versions to offer. Leave h3 out where 443/udp is shut.' });

/** What a site says beyond its modifiers; a preset may say it too. */
const siteOnly = {
  tls: tls.optional(),
  http: z
    .enum(['redirect', 'serve', 'off'])
    .optional()
    .meta({ description: 'Plain http: redirect to https (the default), serve as well, or off.' }),
  protocols: protocols.optional(),
};

export const preset = z.strictObject({ use: use.optional(), ...siteOnly, ...modifiers });
export type Preset = z.output<typeof preset>;

/** What a site may say of "/" itself; it says one of them. */
export const siteHandlers = ['to', 'respond', 'redirect', 'files', 'deny', 'raw'] as const;

const siteObject = z
  .strictObject({
    use: use.optional(),
    ...handlers,
    routes: routes.optional(),
    checks: z.array(check).optional().meta({ description: "The site's own checks, run after each push." }),
    listen: oneOrMore(listen).optional().meta({ description: 'Serve only there, not on the usual ports.' }),
    tunnel: z.strictObject({ listen, trusted_proxies: ranges }).optional().meta({
      description: 'Serve in plain http there too, to a tunnel or load balancer that ends TLS and is believed.',
    }),
    routing: z
      .enum(['specific', 'listed'])
      .optional()
      .meta({ description: 'listed keeps the order written; imports need it.' }),
    ...siteOnly,
    ...modifiers,
  })
  .superRefine((given, context) => {
    const [first, second] = siteHandlers.filter((kind) => given[kind] !== undefined);
    if (first !== undefined && second !== undefined) {
      const message = `a site does one thing with "/", and this one says ${first} and ${second}`;
      addKeyProblem(context, problem('two-handlers', message, 'keep one, and put others under "routes"'), second);
    }
  });

export type SiteObject = z.output<typeof siteObject>;

/** `host: address` is the shortest site there is. */
export const site = z.union([handlers.to.unwrap().transform((to): SiteObject => ({ to })), siteObject]);

/** One host or several with commas. */
export function parseHosts(text: string): Parsed<readonly string[]> {
  const hosts = new Set<string>();
  for (const part of text.split(',')) {
    const parsed = parseHost(part.trim());
    if ('code' in parsed) return parsed;
    if (hosts.has(parsed.value)) return problem('host', `"${part.trim()}" stands twice in one key`);
    hosts.add(parsed.value);
  }
  return { value: [...hosts] };
}

export const hostsKey = keyOf(parseHosts, { description: 'A host, or several with commas; *.example.com is allowed.' });
