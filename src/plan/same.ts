import { isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';

/** Whether two values have the same canonical text, without writing it: a large config is compared far more often than sent. */
export function same(one: JsonValue, other: JsonValue): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item: JsonValue, at) => same(item, other[at] as JsonValue))
    );
  }
  return isJsonObject(one) && isJsonObject(other) && sameObject(one, other);
}

function sameObject(one: JsonObject, other: JsonObject): boolean {
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && same(one[key] as JsonValue, other[key] as JsonValue));
}

/** Whether two values say the same to Caddy: their marks aside. */
export function sameButForMark(one: JsonValue, other: JsonValue): boolean {
  return same(withoutMark(one), withoutMark(other));
}

function withoutMark(value: JsonValue): JsonValue {
  if (!isJsonObject(value) || !Object.hasOwn(value, '@id')) return value;
  const { '@id': _, ...rest } = value;
  return rest;
}
