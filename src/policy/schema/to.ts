import { z } from 'zod';
import { address } from './network.ts';
import { name } from './scalars.ts';

/** A service by name, an address, or several addresses that are one pool. */
export const to = z
  .union([
    z.string().transform((text, context) => {
      const schema = /[:/]/.test(text) ? address : name;
      const parsed = schema.safeParse(text);
      if (parsed.success)
        return typeof parsed.data === 'string' ? { service: parsed.data } : { addresses: [parsed.data] };
      for (const issue of parsed.error.issues) context.addIssue({ ...issue, code: 'custom' });
      return z.NEVER;
    }),
    z
      .array(address)
      .min(1)
      .transform((addresses) => ({ addresses })),
  ])
  .meta({ description: 'A service by its name, or one or more addresses.' });

export type To = z.output<typeof to>;
