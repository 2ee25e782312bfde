import type { z } from 'zod';

/** The keys that the schema takes at a path, over all forms that a value may have there: what "did you mean" chooses from. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let here = unfold(schema);
  for (const step of path) here = here.flatMap((each) => child(each, step)).flatMap(unfold);
  return [...new Set(here.flatMap((each) => (isObject(each) ? Object.keys(each._zod.def.shape) : [])))];
}

/** Looks through what wraps a schema, and through unions, down to what has keys. */
function unfold(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'default':
      return unfold(def.innerType);
    case 'pipe':
      return unfold(def.in);
    case 'lazy':
      return unfold(def.getter());
    case 'union':
      return def.options.flatMap(unfold);
    default:
      return [schema];
  }
}

function child(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'record') return [def.valueType];
  if (def.type === 'array') return [def.element];
  const member = isObject(schema) ? schema._zod.def.shape[String(step)] : undefined;
  return member === undefined ? [] : [member];
}

function isObject(schema: z.core.$ZodType): schema is z.core.$ZodObject {
  return (schema as z.core.$ZodTypes)._zod.def.type === 'object';
}
