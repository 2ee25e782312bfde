import { z } from 'zod';
import { headerKey, size, status } from './scalars.ts';
import { plainPath } from './path.ts';
import { hasControlCharacter, line, lines, oneOrMore, problem, textOf } from './text.ts';

/** What is checked without being asked for, by the names under which it is told and turned off. */
export const derivedChecks = [
  'access',
  'auth',
  'certificate',
  'chain',
  'cookies',
  'cors',
  'deny',
  'headers',
  'health',
  'limit',
  'protocols',
  'rate_limit',
  'redirect',
  'respond',
  'server',
  'stream',
  'unknown_host',
  'upstream',
  'websocket',
] as const;

export type DerivedCheck = (typeof derivedChecks)[number];

const expected = z.union([line, z.null(), z.strictObject({ contains: line })]);
const answer = {
  status: status.optional(),
  headers: z
    .record(headerKey, expected)
    .optional()
    .meta({ description: 'What a header must be: a value, { contains: … }, or null for absent.' }),
  body: z.strictObject({ contains: lines }).optional(),
};

const reason = textOf(
  (text) =>
    text.trim() === '' || hasControlCharacter(text)
      ? problem('check-reason', 'a check is turned off for a reason', 'say in a few words why it cannot hold here')
      : { value: text },
  { description: 'Why; it is told with the results.' },
);

/** A site's own check: a request and what must come back. Or a derived one that it does without. */
export const check = z
  .union([
    z.strictObject({ get: plainPath, ...answer }),
    z.strictObject({ head: plainPath, ...answer }),
    z.strictObject({ post: plainPath, ...answer }),
    z.strictObject({
      upload: plainPath.meta({
        description: 'Where a body of this size is really sent to, at each run of the checks.',
      }),
      size,
      ...answer,
    }),
    z.strictObject({ websocket: plainPath }),
    z.strictObject({ events: plainPath }),
    z.strictObject({
      off: oneOrMore(z.enum(derivedChecks)).meta({ description: 'Derived checks that this site does without.' }),
      reason,
    }),
  ])
  .meta({
    description:
      'A request and what must come back: get, head, post, upload, websocket or events, and a path. Or { off: limit, reason: … }.',
  });

export type Check = z.output<typeof check>;
