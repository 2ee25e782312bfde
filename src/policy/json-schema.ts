import { z } from 'zod';
import { policyFile } from './schema/file.ts';

/** The JSON Schema of a policy file, for editors: made from the same schema that validates. */
export function policyJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(policyFile, { io: 'input', target: 'draft-7', reused: 'ref', unrepresentable: 'any' });
}
