import { createHash } from 'node:crypto';
import type { CaddyHandler } from '../handlers/context.ts';
import { canonical, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { isLive, placeholder } from '../placeholders.ts';
import { liftValues } from './lift.ts';

/** A proxy as many routes can share it, and what is said to it before. */
export interface SharedProxy {
  readonly proxy: CaddyHandler;
  /** All that it says. */
  readonly text: string;
  /** Made of that, and short: it stands on every route. */
  readonly name: string;
  /** The handler that gives its variables the values of one route. */
  readonly values: CaddyHandler;
}

/** The variables begin so, and no other variable does. */
const VARIABLE = 'caddyctl.';
const ADDRESS = `${VARIABLE}to`;

/**
 * A proxy takes Caddy some tenths of a millisecond to load, and 36 kB. What differs between two is nearly always where they
 * lead and which headers they send, which Caddy can be told at the request. Undefined where one keeps a state by its
 * address, or only asks whether to go on. A value in which Caddy puts something in stays with the proxy, since a variable
 * would do so earlier.
 */
export function sharedProxy(handler: CaddyHandler): SharedProxy | undefined {
  if (handler['handle_response'] !== undefined) return undefined;
  const values = new Map<string, string>();
  const variable = (name: string, value: string): string => {
    values.set(name, value);
    return placeholder(`http.vars.${name}`);
  };
  const dialled = liftValues(handler, (address) => variable(ADDRESS, address));
  if (!values.has(ADDRESS)) return undefined;
  const proxy = { ...dialled, ...withHeaders(handler['headers'], variable) };
  const text = canonical(proxy);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { proxy, text, name, values: { handler: 'vars', ...Object.fromEntries(values) } };
}

function withHeaders(
  headers: JsonValue | undefined,
  variable: (name: string, value: string) => string,
): { headers?: JsonObject } {
  const request = isJsonObject(headers) ? headers['request'] : undefined;
  const set = isJsonObject(request) ? request['set'] : undefined;
  if (!isJsonObject(headers) || !isJsonObject(request) || !isJsonObject(set)) return {};
  let count = 0;
  const lifted = Object.entries(set).map(([name, texts]): [string, JsonValue] => {
    const [text, ...more] = Array.isArray(texts) ? (texts as readonly JsonValue[]) : [];
    if (typeof text !== 'string' || more.length > 0 || isLive(text) || isLive(name)) return [name, texts];
    const index = count++;
    return [variable(`${VARIABLE}n${index}`, name), [variable(`${VARIABLE}v${index}`, text)]];
  });
  return { headers: { ...headers, request: { ...request, set: Object.fromEntries(lifted) } } };
}

/** What each variable stands for, if it is a handler that gives values to a shared proxy. */
export function valuesFor(handler: JsonValue): ReadonlyMap<string, JsonValue> | undefined {
  if (!isJsonObject(handler) || !Object.hasOwn(handler, ADDRESS)) return undefined;
  const { handler: kind, ...values } = handler;
  // What somebody put in by hand says something else.
  if (kind !== 'vars' || !Object.keys(values).every((name) => name.startsWith(VARIABLE))) return undefined;
  return new Map(Object.entries(values).map(([name, value]) => [`{http.vars.${name}}`, value]));
}

/** A value of Caddy's JSON with each variable, always the whole of a text or a key, as what it stands for. */
export function withValues(value: JsonValue, values: ReadonlyMap<string, JsonValue>): JsonValue {
  if (typeof value === 'string') return values.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => withValues(item, values));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => {
    const name = values.get(key);
    return [typeof name === 'string' ? name : key, withValues(item, values)];
  });
  return Object.fromEntries(entries);
}
