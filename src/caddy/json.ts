/** A value as `JSON.parse` gives it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The one text of a value: keys sorted by UTF-16 units, no white space, numbers as `JSON.stringify` writes them.
 * Two values that Caddy takes for the same config have the same text, and a reload is spared by comparing texts.
 * Throws a TypeError for what JSON cannot say (undefined, NaN, Infinity, a function): such a value is a bug here.
 */
export function canonical(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalList(value) : canonicalObject(value as JsonObject);
    default:
      throw new TypeError(`not a JSON value: ${typeof value}`);
  }
}

function canonicalList(list: readonly JsonValue[]): string {
  let text = '[';
  for (let index = 0; index < list.length; index++) {
    if (index > 0) text += ',';
    text += canonical(list[index] as JsonValue);
  }
  return `${text}]`;
}

// Written by hand because `JSON.stringify` puts keys that look like array indexes ("443") first, whatever the order asked for.
function canonicalObject(object: JsonObject): string {
  let text = '{';
  for (const key of Object.keys(object).sort()) {
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(key)}:${canonical(object[key] as JsonValue)}`;
  }
  return `${text}}`;
}
