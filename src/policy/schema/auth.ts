import { z } from 'zod';
import { plainPath } from './path.ts';
import { caddyFile, headerName, secret } from './scalars.ts';
import { addProblem, hasControlCharacter, keyOf, oneOrMore, problem, textOf } from './text.ts';
import { to } from './to.ts';

const userKey = keyOf(
  (text) =>
    /^[^:{}\s]{1,255}$/.test(text) && !hasControlCharacter(text)
      ? { value: text }
      : problem('user', `"${text}" is not a user name`, 'no colons, braces or white space'),
  { description: 'A user name.' },
);

const realm = textOf(
  (text) =>
    hasControlCharacter(text) || /["\\]/.test(text)
      ? problem('realm', 'a realm has no quotes, backslashes or control characters', 'leave them out')
      : { value: text },
  { description: 'What the browser says is locked.' },
);

const basic = z.strictObject({
  users: z
    .record(userKey, secret)
    .meta({ description: 'Users and where Caddy finds the bcrypt hash of each: users: { bob: { env: BOB_HASH } }.' }),
  realm: realm.optional(),
});

const forward = z.strictObject({
  to,
  path: plainPath.meta({ description: 'What to ask it: /api/verify.' }),
  copy_headers: z.array(headerName).default([]).meta({ description: 'Headers of its answer that the app gets.' }),
});

const clientCertificate = z.strictObject({
  ca: oneOrMore(caddyFile).meta({ description: 'PEM files of the CAs to trust.' }),
});

const ways = ['basic', 'bearer', 'forward', 'client_certificate'] as const;

export const auth = z
  .union([
    z.literal('none'),
    z
      .strictObject({
        basic: basic.optional(),
        bearer: oneOrMore(secret).optional().meta({ description: 'Tokens, each { env: NAME } or { file: /path }.' }),
        forward: forward.optional(),
        client_certificate: clientCertificate.optional(),
        pass: z.boolean().default(false).meta({ description: 'Hand the credential on to the app.' }),
      })
      .superRefine((given, context) => {
        const said = ways.filter((way) => given[way] !== undefined);
        if (said.length === 1) return;
        const names = said.length === 0 ? 'no way to prove who one is' : said.join(' and ');
        addProblem(context, problem('auth-ways', `auth names ${names}`, `give exactly one of ${ways.join(', ')}`));
      }),
  ])
  .meta({ description: 'Who may come in: basic, bearer, forward, client_certificate, or none.' });

export type Auth = z.output<typeof auth>;
