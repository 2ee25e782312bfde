import { isJsonObject, type JsonValue } from './json.ts';

/**
 * Caddy puts values in wherever it sees `{…}`, secrets of its environment and files among them (`{env.*}`, `{file.*}`). So a
 * brace is text in everything that a translation makes, unless it was made by one of these two functions, and `written` is
 * what all of it goes through. Between them a brace that is none is a character that no policy can hold (see policy/noncharacter.ts).
 */
const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';

/** A placeholder of our own, which is to be live: `http.request.uri`. */
export function placeholder(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

/** Whether Caddy puts something in. */
export function isLive(text: string): boolean {
  return text.includes(OPEN);
}

/**
 * A text whose braces stay as they are: a pattern or another field in which Caddy puts nothing in, or one that the language
 * declares to take placeholders (`when.expression`, `raw`).
 */
export function verbatim(text: string): string {
  return text.replaceAll('{', OPEN).replaceAll('}', CLOSE);
}

/** The same of every key and text within. */
export function verbatimAll(value: JsonValue): JsonValue {
  return mapTexts(value, verbatim);
}

/**
 * The config as Caddy is given it. A backslash before a brace keeps it text, and is taken away even where it was meant as
 * text and only a closing brace follows; so every brace gets one. What holds none is the very same object.
 */
export function written(value: JsonValue): JsonValue {
  return mapTexts(value, (text) =>
    SPECIAL.test(text) ? text.replace(/[{}]/g, '\\$&').replaceAll(OPEN, '{').replaceAll(CLOSE, '}') : text,
  );
}

const SPECIAL = new RegExp(`[{}${OPEN}${CLOSE}]`);

function mapTexts(value: JsonValue, to: (text: string) => string): JsonValue {
  if (typeof value === 'string') return to(value);
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => mapTexts(item, to));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  let isSame = true;
  const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => {
    const [name, next] = [to(key), mapTexts(item, to)];
    isSame &&= name === key && next === item;
    return [name, next];
  });
  return isSame ? value : Object.fromEntries(entries);
}
