import { type Complained, nodesOfComplaint } from './complaint.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * Caddy's complaint of a config without what may be a secret. Caddy puts the values of some placeholders in while it loads,
 * and then repeats them: `invalid IP address: 'THE VALUE'`. Where what it complains of holds such a one, only the way there,
 * which is Caddy's own words, is told.
 */
export function tellable(complaint: string, config: Complained): string {
  if (!takesValues(complainedOf(complaint, config))) return complaint;
  const [way = ''] =
    /^.*(?:loading module '[^']*': |module name '[^']*': |provision [\w.]+: |module: start: )/s.exec(complaint) ?? [];
  return `${way}what Caddy says of it may repeat a secret that it refers to, so it stands in Caddy's own log alone`;
}

/** The part that a complaint is about; where it does not say, all that is no route, whose complaints do. */
function complainedOf(complaint: string, config: Complained): JsonValue | undefined {
  const node = nodesOfComplaint(complaint, config).at(-1);
  if (node === undefined) return withoutRoutes(config);
  const isMatcher = /(?:route \d+|setting up route matchers): loading matcher modules: (?!.*\bposition \d+: )/s.test(
    complaint,
  );
  return isMatcher ? node['match'] : node;
}

function withoutRoutes({ apps, logging }: Complained): JsonValue {
  const http = isJsonObject(apps) ? apps['http'] : undefined;
  const servers = isJsonObject(http) && isJsonObject(http['servers']) ? Object.entries(http['servers']) : [];
  const bare = servers.map(([name, server]): [string, JsonValue] => [name, without(server, ['routes', 'errors'])]);
  return [
    without(isJsonObject(apps) ? apps : {}, ['http']),
    without(isJsonObject(http) ? http : {}, ['servers']),
    Object.fromEntries(bare),
    logging ?? null,
  ];
}

function without(value: JsonValue, keys: readonly string[]): JsonValue {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) satisfies JsonObject;
}

/** Whether a placeholder of Caddy's environment or files stands in it. One with a backslash in front is text. */
function takesValues(value: JsonValue | undefined, passed?: string): boolean {
  if (typeof value === 'string') return /(?<!\\)\{(?:env|file)\./.test(value);
  if (Array.isArray(value)) return value.some((item: JsonValue) => takesValues(item, passed));
  if (!isJsonObject(value)) return false;
  // Of a password Caddy tells nothing but at which byte it is wrong.
  const pass = value['handler'] === 'authentication' ? 'password' : passed;
  return Object.entries(value).some(([key, item]) => key !== pass && (takesValues(key) || takesValues(item, pass)));
}
