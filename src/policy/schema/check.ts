import { z } from 'zod';
import { headerKey, status } from './scalars.ts';
import { plainPath } from './path.ts';
import { line } from './text.ts';

const expected = z.union([line, z.null(), z.strictObject({ contains: line })]);
const answer = {
  status: status.optional(),
  headers: z
    .record(headerKey, expected)
    .optional()
    .meta({ description: 'What a header must be: a value, { contains: … }, or null for absent.' }),
  body: z.strictObject({ contains: z.string() }).optional(),
};

/** A site's own check: a request and what must come back. */
export const check = z
  .union([
    z.strictObject({ get: plainPath, ...answer }),
    z.strictObject({ head: plainPath, ...answer }),
    z.strictObject({ post: plainPath, ...answer }),
    z.strictObject({ websocket: plainPath }),
    z.strictObject({ events: plainPath }),
  ])
  .meta({ description: 'A request and what must come back: get, head, post, websocket or events, and a path.' });

export type Check = z.output<typeof check>;
