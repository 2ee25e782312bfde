import type { JsonValue } from '../caddy/json.ts';

/** The way to some list of texts in a config, such as a server's addresses; undefined where there is none. Keys that a path cannot name are passed by. */
export function scalarList(config: JsonValue): readonly string[] | undefined {
  if (typeof config !== 'object' || config === null) return undefined;
  if (Array.isArray(config) && typeof config[0] === 'string') return [];
  for (const [key, value] of Object.entries(config)) {
    const rest = /^[\w.-]+$/.test(key) ? scalarList(value as JsonValue) : undefined;
    if (rest !== undefined) return [key, ...rest];
  }
  return undefined;
}
