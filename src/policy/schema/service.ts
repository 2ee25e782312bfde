import { z } from 'zod';
import { timeouts } from './modifiers.ts';
import { address } from './network.ts';
import { pathPattern, plainPath } from './path.ts';
import { caddyFile, duration, headerName, size } from './scalars.ts';
import { addProblem, oneOrMore, problem, textOf } from './text.ts';

// RFC 6265, section 4.1.1: a cookie's name is a token, and its case counts.
const cookieName = textOf(
  (text) =>
    /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)
      ? { value: text }
      : problem('cookie-name', `"${text}" is not the name of a cookie`, 'letters, digits, "-", "_" and "."'),
  { description: 'The name of a cookie.' },
);

const balance = z.union([
  z.enum(['random', 'round_robin', 'least_conn', 'first', 'ip_hash', 'uri_hash']),
  z.strictObject({ cookie: cookieName }),
  z.strictObject({ header: headerName }),
]);

export type Balance = z.output<typeof balance>;

const serverName = textOf(
  (text) =>
    /^[A-Za-z0-9.-]+$/.test(text)
      ? { value: text }
      : problem('host', `"${text}" is not a server name`, 'like app.internal'),
  { description: 'The name that the certificate of the app must carry.' },
);

const hostValue = textOf(
  (text) =>
    /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(text)
      ? { value: text }
      : problem('host-header', `"${text}" is no Host that an app would take`, 'like app.internal or app.internal:8443'),
  { description: 'The Host header: a name or an address, with its port if the app wants it.' },
);

const upstreamTls = z
  .strictObject({
    ca: oneOrMore(caddyFile).optional().meta({ description: 'PEM files of CAs to trust instead of the system.' }),
    server_name: serverName.optional(),
    certificate: caddyFile.optional(),
    key: caddyFile.optional(),
    insecure: z
      .literal(true)
      .optional()
      .meta({ description: 'Believe any certificate. Anyone in between can read and change.' }),
  })
  .superRefine((given, context) => {
    if ((given.certificate === undefined) === (given.key === undefined)) return;
    const [there, missing] = given.key === undefined ? ['certificate', 'key'] : ['key', 'certificate'];
    addProblem(
      context,
      problem('half-certificate', `"${there}" is of no use without "${missing}"`, `add "${missing}"`),
      [there],
    );
  })
  .meta({ description: 'TLS towards the app.' });

/** Facts about an app that hold whoever exposes it. Most of what is safe and short in a policy comes from here. */
export const service = z.strictObject({
  at: oneOrMore(address).meta({ description: 'Where the app is: one address or several.' }),
  health: plainPath.optional().meta({ description: 'A path that answers 2xx while the app is well.' }),
  streams: z
    .array(pathPattern)
    .max(200)
    .default([])
    .meta({ description: 'Paths that answer with events or other long streams.' }),
  websocket: z
    .union([z.boolean().transform((on) => (on ? ['/'] : [])), plainPath.transform((one) => [one]), z.array(plainPath)])
    .default([])
    .meta({ description: 'Whether, or on which paths, the app speaks WebSocket.' }),
  heartbeat: duration.optional().meta({ description: 'How often the app sends something on an open WebSocket.' }),
  max_upload: size.optional().meta({ description: 'The largest body that the app takes.' }),
  sensitive: z.boolean().default(false).meta({ description: 'Never to be reached without auth or allow_from.' }),
  host_header: z
    .union([z.enum(['client', 'upstream']), z.strictObject({ value: hostValue })])
    .default('client')
    .meta({ description: "The Host that the app sees: the client's, the upstream's own address, or a value." }),
  cookies: z.array(cookieName).default([]).meta({ description: 'Session cookies that must arrive untouched.' }),
  balance: balance.optional().meta({ description: 'How requests are spread over several addresses.' }),
  passive: z
    .strictObject({
      max_fails: z.int().min(1).default(1),
      fail_duration: duration,
      unhealthy_status: z.array(z.int().min(400).max(599)).default([]),
    })
    .optional()
    .meta({ description: 'Leave an address alone for a while after it failed.' }),
  retries: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .meta({ description: 'Further addresses to try when one does not answer.' }),
  timeouts: timeouts.optional(),
  tls: upstreamTls.optional(),
});

export type Service = z.output<typeof service>;

/** What is known of a backend that a route names by its address alone. */
export const noFacts: Omit<Service, 'at'> = {
  streams: [],
  websocket: [],
  sensitive: false,
  host_header: 'client',
  cookies: [],
};
