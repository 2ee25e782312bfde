import { isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';

/** The two parts of Caddy's running config that we read, each as Caddy answers it: null where it has none. */
export interface Live {
  readonly apps: JsonValue;
  readonly logging: JsonValue;
}

/** What the policies compile to: only what is ours. Without `logging`, Caddy's logs are left alone. */
export interface Desired {
  readonly apps: JsonObject;
  readonly logging?: JsonObject | undefined;
}

/** The own property, so that a key such as "constructor" finds nothing that nobody wrote. */
export function own(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at a path of keys, undefined where the path leaves the config. */
export function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((node, key) => own(node, key), value);
}

/** Named entries of an object; none for anything else. */
export function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** Entries of a list; none for anything else. */
export function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
