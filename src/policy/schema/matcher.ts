import { z } from 'zod';
import { ranges } from './network.ts';
import { re2Problem } from './re2.ts';
import { headerKey } from './scalars.ts';
import { addProblem, hasControlCharacter, keyOf, line, oneOrMore, problem, textOf } from './text.ts';

const method = textOf(
  (text) =>
    /^[A-Z]{1,20}$/.test(text)
      ? { value: text }
      : problem('method', `"${text}" is not an HTTP method`, 'in capitals: GET, POST, OPTIONS'),
  { description: 'An HTTP method.' },
);

const regex = textOf(
  (text) => {
    if (hasControlCharacter(text))
      return problem('control-character', 'control characters are not allowed here', 'write them as \\r, \\n or \\x00');
    if (text.length > 1_000)
      return problem('regex', 'a pattern has at most 1,000 characters', 'use routes for the parts of it');
    const why = re2Problem(text);
    if (why !== undefined) {
      const hint = 'RE2 has no look-around, back-references and possessive repeats';
      return problem('regex', `"${text}" is not a pattern of RE2: ${why}`, hint);
    }
    return { value: text };
  },
  { description: 'A pattern in RE2, on the cleaned path.' },
);

const glob = textOf(
  (text) =>
    /^[/*]/.test(text) && !/[\\[\]{}]/.test(text) && !hasControlCharacter(text)
      ? { value: text }
      : problem('path', `"${text}" is not a path in Caddy's own form`, 'like /static/*, *.php or */edit'),
  { description: "A path in Caddy's own meaning: /a/*, *.php, */edit." },
);

export const expression = textOf(
  (text) => {
    if (text.trim() === '')
      return problem('expression', 'an expression must say something', 'like {http.request.method} == "GET"');
    return hasControlCharacter(text.replace(/[\n\r\t]/g, ''))
      ? problem('control-character', 'control characters are not allowed here', 'only line breaks and tabs are')
      : { value: text };
  },
  { description: "A CEL expression as Caddy takes it. Caddy's placeholders are live in it." },
);

const queryKey = keyOf(
  (text) => {
    if (text === '' || hasControlCharacter(text))
      return problem('key', 'a key here is one line of text', 'write the name that is asked for');
    // Wherever it stands in a config, Caddy takes it for the name of that place.
    if (text === '@id') return problem('key', 'Caddy cannot be asked for "@id"', 'tell requests apart by another key');
    return { value: text };
  },
  { description: 'A key of the query.' },
);

/** A value to equal (with `*` at either end as in Caddy), true for "there", false for "not there". */
const presence = z.union([z.boolean(), oneOrMore(line)]);

const conditions = {
  method: oneOrMore(method),
  header: z.record(headerKey, presence),
  query: z.record(queryKey, presence),
  client_ip: ranges,
  protocol: z.enum(['http', 'https', 'grpc', 'http/1.0', 'http/1.1', 'http/2', 'http/3']),
  regex,
  path_glob: oneOrMore(glob),
  expression,
};

const condition = z
  .strictObject(conditions)
  .partial()
  .superRefine((given, context) => {
    if (Object.keys(given).length > 0) return;
    addProblem(
      context,
      problem(
        'condition',
        'a condition without keys holds for every request, so this excludes all',
        'say what to exclude',
      ),
    );
  });

/** What must hold beside the path. All keys must hold; a list in a key is any of; `not` is none of its members. */
export const when = z
  .strictObject({ ...conditions, not: oneOrMore(condition) })
  .partial()
  .meta({ description: 'What must hold for the route beside its path. All keys must hold.' });

export type Condition = z.output<typeof condition>;
export type When = z.output<typeof when>;
export type Presence = z.output<typeof presence>;
