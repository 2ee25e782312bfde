import { z } from 'zod';
import { policyFile } from './schema/file.ts';
import { ownersFile } from './schema/owners.ts';

/** The JSON Schema of a policy file, for editors: made from the same schema that validates. */
export function policyJsonSchema(): Record<string, unknown> {
  return jsonSchema(policyFile);
}

/** The same of the file that says who may do what. */
export function ownersJsonSchema(): Record<string, unknown> {
  return jsonSchema(ownersFile);
}

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused: 'ref', unrepresentable: 'any' });
}
