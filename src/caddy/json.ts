/** A value as `JSON.parse` gives it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it has no keys but some of these. */
export function hasOnly(value: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}

/**
 * The one text of a value: keys sorted by UTF-16 units, no white space, numbers as `JSON.stringify` writes them.
 * Two values that Caddy takes for the same config have the same text, and a reload is spared by comparing texts.
 * Throws a TypeError for what JSON cannot say (undefined, NaN, Infinity, a function): such a value is a bug here.
 */
export function canonical(value: JsonValue): string {
  const copy = inOrder(value);
  return copy === undefined ? written(value) : JSON.stringify(copy);
}

/**
 * `JSON.stringify` is several times as fast as anything written by hand, but for the copy that it needs with the keys in
 * order. It puts keys that look like array indexes ("443") first whatever the order, and `__proto__` is no key to assign:
 * with such a key within there is no copy.
 */
function inOrder(value: JsonValue): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return scalar(value);
  if (Array.isArray(value)) {
    const list: JsonValue[] = [];
    for (const item of value as readonly JsonValue[]) {
      const copy = inOrder(item);
      if (copy === undefined) return undefined;
      list.push(copy);
    }
    return list;
  }
  const object: Record<string, JsonValue> = {};
  for (const key of keysOf(value as JsonObject)) {
    const copy = inOrder((value as JsonObject)[key] as JsonValue);
    if (copy === undefined || isOdd(key)) return undefined;
    object[key] = copy;
  }
  return object;
}

function isOdd(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || key === '__proto__';
}

function written(value: JsonValue): string {
  if (Array.isArray(value)) return `[${Array.from(value, canonical).join(',')}]`;
  const object = value as JsonObject;
  return `{${keysOf(object)
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key] as JsonValue)}`)
    .join(',')}}`;
}

function scalar(value: JsonValue): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'number') throw new TypeError(`not a JSON value: ${typeof value}`);
  if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
  return value;
}

/** Few and nearly sorted, as keys are, they are sorted sooner by insertion than by a call. */
function keysOf(object: JsonObject): string[] {
  const keys = Object.keys(object);
  if (keys.length > 16) return keys.sort();
  for (let end = 1; end < keys.length; end++) {
    const key = keys[end] as string;
    let at = end;
    for (; at > 0 && (keys[at - 1] as string) > key; at--) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}
