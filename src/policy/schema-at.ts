import { z } from 'zod';

/** The keys that the schema takes at a path, over all forms that a value may have there: what "did you mean" chooses from. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const forms = schemasAt(schema, path).flatMap(unfold);
  return [...new Set(forms.flatMap((each) => (isObject(each) ? Object.keys(each._zod.def.shape) : [])))];
}

/** What the schema says that the value at a path is for, as a hint: `where the app is`. */
export function meaningAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string | undefined {
  return asHint(schemasAt(schema, path).flatMap(unwrap).map(descriptionOf));
}

/** What the schema says of the form of the value at a path: `a duration: 500ms, 30s`. */
export function formAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string | undefined {
  return asHint(schemasAt(schema, path).map(formOf));
}

function asHint(descriptions: readonly (string | undefined)[]): string | undefined {
  const said = descriptions.find((description) => description !== undefined);
  return said?.replace(/\.$/, '').replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase());
}

/** The innermost description: what was there before a key gave it a meaning of its own. */
function formOf(schema: z.core.$ZodType): string | undefined {
  const { parent } = schema._zod;
  const inner = parent ? formOf(parent) : undefined;
  return (
    inner ??
    inside(schema)
      .map(formOf)
      .find((form) => form !== undefined) ??
    descriptionOf(schema)
  );
}

function descriptionOf(schema: z.core.$ZodType): string | undefined {
  return z.globalRegistry.get(schema)?.description;
}

/** Whether a value would be taken at a path. */
export function isTaken(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): boolean {
  return schemasAt(schema, path).some((each) => z.core.safeParse(each, value).success);
}

function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType[] {
  let here = [schema];
  for (const step of path) here = here.flatMap(unfold).flatMap((each) => child(each, step));
  return here;
}

/** Looks through what wraps a schema, and through unions, down to what has keys. */
export function unfold(schema: z.core.$ZodType): z.core.$ZodType[] {
  return unwrap(schema).filter((each) => inside(each).length === 0);
}

/** A schema and all that it wraps or is a union of, the outer first. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  return [schema, ...inside(schema).flatMap(unwrap)];
}

function inside(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'default':
      return [def.innerType];
    case 'pipe':
      return [def.in];
    case 'lazy':
      return [def.getter()];
    case 'union':
      return def.options;
    default:
      return [];
  }
}

export function child(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'record') return [def.valueType];
  if (def.type === 'array') return typeof step === 'number' ? [def.element] : [];
  const member = isObject(schema) ? schema._zod.def.shape[String(step)] : undefined;
  return member === undefined ? [] : [member];
}

function isObject(schema: z.core.$ZodType): schema is z.core.$ZodObject {
  return (schema as z.core.$ZodTypes)._zod.def.type === 'object';
}
