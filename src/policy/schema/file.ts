import { z } from 'zod';
import { global } from './global.ts';
import { nameKey } from './scalars.ts';
import { service } from './service.ts';
import { hostsKey, preset, site } from './site.ts';
import { line } from './text.ts';

/** One policy file. The single source of the types, of validation, and of the JSON Schema. */
export const policyFile = z
  .strictObject({
    $schema: line.optional(),
    global: global.optional(),
    services: z.record(nameKey, service).optional().meta({ description: 'Facts about apps, whoever exposes them.' }),
    presets: z.record(nameKey, preset).optional().meta({ description: 'Named sets of modifiers for "use".' }),
    sites: z.record(hostsKey, site).optional().meta({ description: 'Who may reach what, and how, by host.' }),
  })
  .meta({ title: 'caddyctl policy' });

export type PolicyFile = z.output<typeof policyFile>;
