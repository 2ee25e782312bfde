import {
  additionalOf,
  choicesOf,
  fits,
  formsOf,
  isMap,
  itemsOf,
  propertiesOf,
  resolved,
  type Schema,
} from './schema-walk.ts';

/** What of a JSON Schema some values make use of: each key of each kind of map, and each choice of each list of choices. */

/** Every key and choice that the schema has: `definition/key`, `definition="choice"`. */
export function allOf(schema: Schema): Set<string> {
  const found = new Set<string>();
  const seen = new Set<Schema>();
  const walk = (at: string, part: Schema): void => {
    const [name, here] = resolved(schema, at, part);
    if (seen.has(here)) return;
    seen.add(here);
    for (const choice of choicesOf(here)) found.add(`${name}=${JSON.stringify(choice)}`);
    for (const [key, child] of Object.entries(propertiesOf(here))) {
      found.add(`${name}/${key}`);
      walk(`${name}/${key}`, child);
    }
    for (const [step, child] of childrenOf(here)) walk(`${name}/${step}`, child);
  };
  walk('#', schema);
  return found;
}

/** Adds what a value makes use of. A value of several forms is taken for those that have all of its keys. */
export function addUsed(schema: Schema, value: unknown, found: Set<string>): void {
  const walk = (at: string, part: Schema, given: unknown): void => {
    const [name, here] = resolved(schema, at, part);
    for (const choice of choicesOf(here)) if (choice === given) found.add(`${name}=${JSON.stringify(choice)}`);
    const forms = formsOf(here);
    for (const [index, form] of forms.entries()) if (fits(schema, form, given)) walk(`${name}/${index}`, form, given);
    if (Array.isArray(given))
      for (const item of given) for (const [step, child] of itemsOf(here)) walk(`${name}/${step}`, child, item);
    if (!isMap(given)) return;
    const properties = propertiesOf(here);
    for (const [key, inner] of Object.entries(given)) {
      const property = properties[key];
      if (property === undefined) for (const [step, child] of additionalOf(here)) walk(`${name}/${step}`, child, inner);
      else {
        found.add(`${name}/${key}`);
        walk(`${name}/${key}`, property, inner);
      }
    }
  };
  walk('#', schema, value);
}

function childrenOf(schema: Schema): [string, Schema][] {
  const forms = formsOf(schema).map((form, index): [string, Schema] => [`${index}`, form]);
  return [...forms, ...itemsOf(schema), ...additionalOf(schema)];
}
