import { z } from 'zod';
import { auth } from './auth.ts';
import { headers } from './headers.ts';
import { parseOrigin, parseTarget, ranges } from './network.ts';
import { purePath } from './path.ts';
import { duration, headerName, size, status } from './scalars.ts';
import { addProblem, keyOf, line, lines, oneOrMore, problem, textOf } from './text.ts';

export const body = lines.meta({ description: 'The text of the answer.' });

const origin = textOf(parseOrigin, { description: 'An origin: https://app.example.com.' });
const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const corsRules = z.strictObject({
  origins: z.union([z.literal('*').transform(() => '*' as const), oneOrMore(origin)]),
  methods: oneOrMore(method).default(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  headers: z
    .union([z.literal('*').transform(() => '*' as const), z.array(headerName)])
    .default('*')
    .meta({ description: 'Request headers that may be sent; "*" allows what the preflight asks for.' }),
  expose: z.array(headerName).default([]),
  credentials: z.boolean().default(false),
  max_age: duration.optional(),
});

export type Cors = z.output<typeof corsRules>;

const shortCors = z
  .union([z.literal('*').transform(() => '*' as const), oneOrMore(origin)])
  .transform((origins): Cors => corsRules.parse({ origins }));

const cors = z.union([z.literal('none'), shortCors, corsRules]).meta({
  description: 'Which other origins may call: "*", origins, or an object. Preflights are answered before the app.',
});

const encoding = z.enum(['gzip', 'zstd']);
const compress = z
  .union([
    z.boolean().transform((on): readonly ('gzip' | 'zstd')[] => (on ? ['zstd', 'gzip'] : [])),
    z
      .array(encoding)
      .min(1)
      .transform((list): readonly ('gzip' | 'zstd')[] => list),
  ])
  .meta({ description: 'Compress answers: true, false or a list. Event streams never are.' });

const rewrite = z
  .strictObject({
    strip_prefix: purePath.optional().meta({ description: 'Taken off the front of the path.' }),
    add_prefix: purePath.optional().meta({ description: 'Put before the path, after strip_prefix.' }),
    path: purePath.optional().meta({ description: 'The whole path, instead of what was asked for; the query stays.' }),
  })
  .superRefine((given, context) => {
    if (given.path !== undefined && (given.strip_prefix ?? given.add_prefix) !== undefined) {
      addProblem(
        context,
        problem('rewrite', '"path" replaces the whole path, so a prefix has no meaning beside it', 'keep one of them'),
      );
    }
  })
  .meta({ description: 'What the app sees as the path.' });

const statusKey = keyOf(
  (text) =>
    /^[45](\d\d|xx)$/.test(text)
      ? { value: text }
      : problem('error-status', `"${text}" is not an error status`, 'like 404, 502, 4xx or 5xx'),
  { description: 'An error status: 404, 502, 4xx, 5xx.' },
);

const page = z.union([
  body.transform((text) => ({ body: text })),
  z.strictObject({ body, content_type: line.optional(), status: status.optional() }),
  z.strictObject({
    redirect: textOf(parseTarget, { description: 'Where to send the client instead.' }),
    status: z.union([z.literal(302), z.literal(303), z.literal(307)]).default(302),
  }),
]);

export type ErrorPage = z.output<typeof page>;
const errors = z.record(statusKey, page).meta({ description: 'What Caddy itself answers with for an error.' });

const logRules = z.strictObject({
  redact_query: z.array(line).default([]).meta({ description: 'Query keys whose values never reach a log.' }),
  redact_headers: z.array(headerName).default([]).meta({ description: 'Headers that never reach a log.' }),
});

export type LogRules = z.output<typeof logRules>;
const log = z
  .union([
    z.boolean().transform((on): LogRules | false => on && logRules.parse({})),
    logRules.transform((rules): LogRules | false => rules),
  ])
  .meta({ description: 'Access logs: true, false, or what must be redacted from them.' });

export const timeouts = z
  .strictObject({
    connect: duration.meta({ description: 'For a connection to the app.' }),
    first_byte: duration.meta({ description: "Until the app's answer begins." }),
    idle: duration.meta({ description: 'How long an unused connection to the app is kept.' }),
  })
  .partial()
  .meta({ description: 'How long the app may take. Without them an answer may take as long as it likes.' });

const rateLimit = z
  .strictObject({
    key: z
      .union([z.enum(['client', 'host', 'all']), z.strictObject({ header: headerName })])
      .default('client')
      .meta({ description: 'Whose requests are counted together.' }),
    events: z.int().min(1),
    window: duration,
    optional: z.boolean().default(false).meta({ description: 'Do without where Caddy has no rate_limit module.' }),
  })
  .meta({ description: 'How many requests of whom in which time: { events: 100, window: 1m }.' });

export type RateLimit = z.output<typeof rateLimit>;

/** What may stand on a preset, a site or a route; the nearer wins, maps merge by name. */
export const modifiers = {
  headers: headers.optional(),
  hide_server: z.boolean().optional().meta({ description: 'No Server and no Via header, anywhere.' }),
  request_headers: headers.optional(),
  trusted_proxies: ranges
    .optional()
    .meta({ description: 'Proxies in front whose X-Forwarded-* headers are believed.' }),
  auth: auth.optional(),
  allow_from: z
    .union([z.literal('any'), ranges])
    .optional()
    .meta({ description: 'Client addresses that are let in, everyone else gets a 403; any lets all in again.' }),
  deny_from: z
    .union([z.literal('none'), ranges])
    .optional()
    .meta({ description: 'Client addresses that get a 403; none lets all in again.' }),
  max_body: z
    .union([z.literal('none'), size])
    .optional()
    .meta({ description: 'Larger request bodies get a 413: 25MiB, or none.' }),
  cors: cors.optional(),
  compress: compress.optional(),
  cache_control: line.optional().meta({ description: 'The Cache-Control header of every answer.' }),
  rewrite: rewrite.optional(),
  errors: errors.optional(),
  log: log.optional(),
  timeouts: timeouts.optional(),
  rate_limit: z.union([z.literal('none'), rateLimit]).optional(),
} as const;
