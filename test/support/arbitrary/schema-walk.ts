/** The parts of a JSON Schema, as far as that of policies has them. */
export type Schema = { readonly [key: string]: unknown };

/** A schema behind its reference, and the name that it has there. */
export function resolved(root: Schema, at: string, part: Schema): [string, Schema] {
  const reference = part['$ref'];
  if (typeof reference !== 'string') return [at, part];
  const target = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, step) => (node as Schema)[step], root);
  return resolved(root, reference, target as Schema);
}

/** Whether a value may be of this form, by the keys that it has. */
export function fits(root: Schema, form: Schema, value: unknown): boolean {
  const [, here] = resolved(root, '', form);
  const forms = formsOf(here);
  if (forms.length > 0) return forms.some((inner) => fits(root, inner, value));
  if (here['type'] === 'array') return Array.isArray(value);
  if (here['type'] !== 'object') return !Array.isArray(value) && !isMap(value);
  if (!isMap(value)) return false;
  const properties = propertiesOf(here);
  const required = (here['required'] ?? []) as readonly string[];
  const hasAll = required.every((key) => key in value);
  return hasAll && (Object.keys(properties).length === 0 || Object.keys(value).every((key) => key in properties));
}

export function choicesOf(schema: Schema): readonly unknown[] {
  return 'const' in schema ? [schema['const']] : ((schema['enum'] ?? []) as unknown[]);
}

export function formsOf(schema: Schema): readonly Schema[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (schema[key] ?? []) as Schema[]);
}

export function propertiesOf(schema: Schema): Readonly<Record<string, Schema>> {
  return (schema['properties'] ?? {}) as Record<string, Schema>;
}

export function itemsOf(schema: Schema): [string, Schema][] {
  return isMap(schema['items']) ? [['items', schema['items']]] : [];
}

export function additionalOf(schema: Schema): [string, Schema][] {
  return isMap(schema['additionalProperties']) ? [['*', schema['additionalProperties']]] : [];
}

export function isMap(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
