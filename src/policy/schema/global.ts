import { z } from 'zod';
import { adjustableCodes, codes } from '../../diagnostics/codes.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { ranges } from './network.ts';
import { protocols } from './site.ts';
import { port } from './scalars.ts';
import { hasControlCharacter, keyOf, problem, textOf } from './text.ts';

const email = textOf(
  (text) =>
    /^[^@\s{}]+@[^@\s{}]+$/.test(text) && !hasControlCharacter(text)
      ? { value: text }
      : problem('email', `"${text}" is not an e-mail address`, 'like admin@example.com'),
  { description: 'Given to the certificate authority, which writes there before a certificate ends.' },
);

const adjustable = keyOf(
  (text) => {
    if (adjustableCodes.includes(text)) return { value: text };
    if (Object.hasOwn(codes, text)) {
      return problem(
        'diagnostic-code',
        `"${text}" is no warning about policies, and cannot be silenced`,
        'leave it out',
      );
    }
    const meant = suggest(text, adjustableCodes);
    const hint = meant === undefined ? `there are: ${adjustableCodes.join(', ')}` : `did you mean \`${meant}\`?`;
    return problem('diagnostic-code', `there is no warning "${text}"`, hint);
  },
  { enum: [...adjustableCodes] },
);

export const global = z
  .strictObject({
    email,
    protocols,
    trusted_proxies: ranges,
    never_expose: z.array(port).max(1_000).meta({ description: 'Ports of backends that no route may reach.' }),
    raw: z.enum(['allow', 'forbid']).meta({ description: 'Whether routes may use "raw".' }),
    diagnostics: z
      .record(adjustable, z.enum(['off', 'warning', 'error']))
      .meta({ description: 'Raise or silence warnings by their code.' }),
  })
  .partial();

export type Global = z.output<typeof global>;
