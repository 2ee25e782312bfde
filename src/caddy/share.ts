import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * The same value, made of the very objects of `known` wherever both say the same: whoever compares the two, or has worked
 * something out of the one, tells by identity what did not change. Neither is changed. Entries of lists meet by their `@id`,
 * for one that is put in moves all behind it.
 */
export function shared<T extends JsonValue | undefined>(value: T, known: JsonValue | undefined): T {
  return sharedValue(value as JsonValue, known) as T;
}

type List = readonly JsonValue[];

function sharedValue(value: JsonValue, known: JsonValue | undefined): JsonValue {
  if (value === known || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.isArray(known) ? sharedList(value as List, known as List) : value;
  return isJsonObject(known) ? sharedObject(value as JsonObject, known) : value;
}

function sharedList(value: List, known: List): List {
  const byMark = markOf(value[0]) === undefined ? undefined : marked(known);
  // Nearly always all is the same, and then nothing is made.
  let made: JsonValue[] | undefined;
  for (let at = 0; at < value.length; at++) {
    const item = value[at] as JsonValue;
    const mark = byMark && markOf(item);
    const each = sharedValue(item, mark === undefined ? known[at] : byMark?.get(mark));
    if (made === undefined && each !== known[at]) made = known.slice(0, at);
    made?.push(each);
  }
  return made ?? (value.length === known.length ? known : known.slice(0, value.length));
}

function sharedObject(value: JsonObject, known: JsonObject): JsonObject {
  const keys = Object.keys(value);
  const asKnown = (key: string): [string, JsonValue] => [key, known[key] as JsonValue];
  let made: [string, JsonValue][] | undefined;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string;
    const before = Object.hasOwn(known, key) ? known[key] : undefined;
    const each = sharedValue(value[key] as JsonValue, before);
    if (made === undefined && each !== before) made = keys.slice(0, at).map(asKnown);
    made?.push([key, each]);
  }
  if (made === undefined && keys.length === Object.keys(known).length) return known;
  return Object.fromEntries(made ?? keys.map(asKnown));
}

function marked(list: List): Map<string, JsonValue> {
  return new Map(list.flatMap((item) => (markOf(item) === undefined ? [] : [[markOf(item) ?? '', item] as const])));
}

function markOf(item: JsonValue | undefined): string | undefined {
  const mark = isJsonObject(item) ? item['@id'] : undefined;
  return typeof mark === 'string' ? mark : undefined;
}
