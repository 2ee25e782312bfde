import { z } from 'zod';
import { ranges } from './network.ts';
import { protocols } from './site.ts';
import { port } from './scalars.ts';
import { lineKey, problem, textOf } from './text.ts';

const email = textOf(
  (text) =>
    /^[^@\s{}]+@[^@\s{}]+$/.test(text) ? { value: text } : problem('email', `"${text}" is not an e-mail address`),
  { description: 'Given to the certificate authority, which writes there before a certificate ends.' },
);

export const global = z
  .strictObject({
    email,
    protocols,
    trusted_proxies: ranges,
    never_expose: z.array(port).meta({ description: 'Ports of backends that no route may reach.' }),
    raw: z.enum(['allow', 'forbid']).meta({ description: 'Whether routes may use "raw".' }),
    diagnostics: z
      .record(lineKey, z.enum(['off', 'warning', 'error']))
      .meta({ description: 'Raise or silence warnings by their code.' }),
  })
  .partial();

export type Global = z.output<typeof global>;
