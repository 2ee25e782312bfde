import { z } from 'zod';
import { when } from './matcher.ts';
import { body, modifiers } from './modifiers.ts';
import { parseTarget } from './network.ts';
import { parsePaths, plainPath } from './path.ts';
import { caddyFile, name, status } from './scalars.ts';
import { addKeyProblem, addProblem, keyOf, line, oneOrMore, problem, textOf } from './text.ts';
import { to } from './to.ts';

const respond = z.union([
  body.transform((text) => ({ body: text, status: 200, content_type: undefined })),
  z.strictObject({ body: body.default(''), status: status.default(200), content_type: line.optional() }),
]);

const target = textOf(parseTarget, { description: 'A URL, or a path on the same host.' });
const redirect = z
  .union([
    target.transform((url) => ({ to: url, status: 308 as const, keep_path: false })),
    z
      .strictObject({
        to: target,
        status: z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)]).default(308),
        keep_path: z
          .boolean()
          .default(false)
          .meta({ description: 'Put the path and query that were asked for behind it.' }),
      })
      .superRefine((given, context) => {
        if (!given.keep_path || !/[?#]|^\/$/.test(given.to)) return;
        // Behind "/" alone a path of `//evil.example` would be a place of its own.
        const hint = 'name a host, or a path without "?" and "#"';
        addProblem(
          context,
          problem('redirect', `the path that was asked for cannot stand behind "${given.to}"`, hint),
          ['to'],
        );
      }),
  ])
  .meta({ description: 'Send the client elsewhere.' });

const files = z.union([
  caddyFile.transform((root) => ({ root, browse: false, fallback: undefined })),
  z.strictObject({
    root: caddyFile,
    browse: z.boolean().default(false).meta({ description: 'Show folders as lists.' }),
    fallback: plainPath.optional().meta({ description: 'Served where no file is: /index.html for a one-page app.' }),
  }),
]);

const deny = z
  .union([z.literal(true).transform(() => 403), z.int().min(400).max(599)])
  .meta({ description: 'Refuse: true is a 403, or the status to refuse with.' });

const raw = z
  .array(z.looseObject({ handler: line }))
  .min(1)
  .superRefine((given, context) => {
    if (!hasMark(given)) return;
    const message = 'an "@id" tells caddyctl whose a part of the config is, so handlers bring none of their own';
    addProblem(context, problem('raw-mark', message, 'remove it'));
  })
  .meta({ description: "Caddy's own handlers, passed on as they are. Placeholders are live in them." });

function hasMark(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) => key === '@id' || hasMark(each));
}

/** The kinds of handler; a route has exactly one. */
const handlerKinds = ['to', 'respond', 'redirect', 'files', 'deny', 'routes', 'raw'] as const;

export const handlers = {
  to: to.optional(),
  respond: respond.optional(),
  redirect: redirect.optional(),
  files: files.optional(),
  deny: deny.optional(),
  raw: raw.optional(),
} as const;

export type Respond = z.output<typeof respond>;
export type Redirect = z.output<typeof redirect>;
export type Files = z.output<typeof files>;
export type Raw = z.output<typeof raw>;

export const use = oneOrMore(name).meta({ description: 'Presets by name, the later over the earlier.' });

const routeBase = z.strictObject({
  ...handlers,
  when: when.optional(),
  use: use.optional(),
  ...modifiers,
  routes: z.lazy((): z.ZodType<Routes> => routes).optional(),
});

export type RouteObject = z.output<typeof routeBase>;
/** By the key as written: one path, or several with commas. */
export interface Routes {
  readonly [key: string]: readonly RouteObject[];
}

const routeObject = routeBase.superRefine((given, context) => {
  const said = handlerKinds.filter((kind) => given[kind] !== undefined);
  const [first, second] = said;
  if (first === undefined) {
    const hint = `give it one of ${handlerKinds.join(', ')}`;
    addProblem(context, problem('no-handler', 'this route does not say what to do', hint));
  } else if (second !== undefined) {
    const message = `a route does one thing, and this one says ${first} and ${second}`;
    addKeyProblem(
      context,
      problem('two-handlers', message, 'keep one, or tell them apart by a list with "when"'),
      second,
    );
  }
});

/** `/api: backend` is short for `/api: { to: backend }`, and a list is tried in turn. */
const routeValue = z.union([
  to.transform((given): readonly RouteObject[] => [{ to: given }]),
  routeObject.transform((given): readonly RouteObject[] => [given]),
  z.array(routeObject).min(1),
]);

export const routes: z.ZodType<Routes> = z
  .record(
    keyOf(parsePaths, { description: 'A path: /api (and below), =/health (exactly), * for one segment.' }),
    routeValue,
  )
  .meta({ description: 'Routes by path. The most specific wins, never the order written.' });
