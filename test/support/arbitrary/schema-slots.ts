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

/** A place of the language where something other than a map or a list may stand, or the name of a map's key. */
export interface Slot {
  /** In the schema: `definition/key`, `definition/items`, `definition/*` for values of any key, `definition/<key>` for those keys. */
  readonly name: string;
  readonly isKey: boolean;
  readonly takes: ReadonlySet<Kind>;
  readonly choices: readonly unknown[];
}

export type Kind = 'text' | 'number' | 'boolean' | 'null' | 'choice' | 'anything';

/** Where a value of a policy fills a slot. */
export interface Filled {
  readonly slot: string;
  /** The same in words of the language, such as `/sites/<key>`. */
  readonly label: string;
  /** Of the value, or of the key's value. */
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

/** All slots that the schema has, by name. */
export function slotsOf(schema: Schema): ReadonlyMap<string, Slot> {
  const found = new Map<string, Slot>();
  const seen = new Set<Schema>();
  const add = (name: string, part: Schema): void => {
    const takes = kindsOf(schema, part);
    if (takes.size > 0) found.set(name, { name, isKey: false, takes, choices: allChoicesOf(schema, part) });
  };
  const walk = (at: string, part: Schema): void => {
    const [name, here] = resolved(schema, at, part);
    if (seen.has(here)) return;
    seen.add(here);
    for (const [index, form] of formsOf(here).entries()) walk(`${name}/${index}`, form);
    for (const [step, child] of membersOf(here)) {
      add(`${name}/${step}`, child);
      walk(`${name}/${step}`, child);
    }
    if (additionalOf(here).length > 0 && isMap(here['propertyNames']))
      found.set(`${name}/<key>`, { name: `${name}/<key>`, isKey: true, takes: new Set(['text']), choices: [] });
  };
  walk('#', schema);
  return found;
}

/** The slots that a policy fills. A value of several forms is taken for those that have all of its keys. */
export function filledBy(schema: Schema, policy: unknown): readonly Filled[] {
  const found: Filled[] = [];
  const walk = (at: string, part: Schema, value: unknown, path: readonly PropertyKey[], label: string): void => {
    const [name, here] = resolved(schema, at, part);
    for (const [index, form] of formsOf(here).entries())
      if (fits(schema, form, value)) walk(`${name}/${index}`, form, value, path, label);
    const enter = (step: string, child: Schema, inner: unknown, key: PropertyKey): void => {
      found.push({ slot: `${name}/${step}`, label: `${label}/${step}`, path: [...path, key], value: inner });
      walk(`${name}/${step}`, child, inner, [...path, key], `${label}/${step}`);
    };
    if (Array.isArray(value)) {
      for (const [step, child] of itemsOf(here))
        for (const [index, item] of value.entries()) enter(step, child, item, index);
    }
    if (!isMap(value)) return;
    const properties = propertiesOf(here);
    for (const [key, inner] of Object.entries(value)) {
      const property = properties[key];
      if (property !== undefined) enter(key, property, inner, key);
      else
        for (const [step, child] of additionalOf(here)) {
          found.push({ slot: `${name}/<key>`, label: `${label}/<key>`, path: [...path, key], value: key });
          enter(step, child, inner, key);
        }
    }
  };
  walk('#', schema, policy, [], '');
  return found;
}

/** What may stand there that is neither a map nor a list. */
function kindsOf(root: Schema, part: Schema): Set<Kind> {
  const [, here] = resolved(root, '', part);
  if (formsOf(here).length > 0) return new Set(formsOf(here).flatMap((form) => [...kindsOf(root, form)]));
  if (choicesOf(here).length > 0) return new Set(['choice']);
  switch (here['type']) {
    case 'string':
      return new Set(['text']);
    case 'number':
    case 'integer':
      return new Set(['number']);
    case 'boolean':
      return new Set(['boolean']);
    case 'null':
      return new Set(['null']);
    case undefined:
      return new Set(['anything']);
    default:
      return new Set();
  }
}

function membersOf(here: Schema): [string, Schema][] {
  return [...Object.entries(propertiesOf(here)), ...itemsOf(here), ...additionalOf(here)];
}

function allChoicesOf(root: Schema, part: Schema): readonly unknown[] {
  const [, here] = resolved(root, '', part);
  return [...choicesOf(here), ...formsOf(here).flatMap((form) => allChoicesOf(root, form))];
}
