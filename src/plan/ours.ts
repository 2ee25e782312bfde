import { isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';
import { at, entriesOf, itemsOf, type Live, own } from './live.ts';
import { isOurs, isOurServer } from './marks.ts';

/** What is ours in a config, live or desired, without anything that others put between. */
export interface Ours {
  readonly owner: string;
  readonly servers: ReadonlyMap<string, JsonObject>;
  readonly policies: readonly JsonObject[];
  readonly certificates: readonly JsonObject[];
  /** Who is asked before a certificate is made on demand. */
  readonly onDemand: ReadonlyMap<string, JsonObject>;
  readonly authorities: ReadonlyMap<string, JsonObject>;
  readonly logs: ReadonlyMap<string, JsonObject>;
}

export function oursOf({ apps, logging }: Live, owner: string): Ours {
  const marked = (list: JsonValue | undefined): JsonObject[] =>
    itemsOf(list).flatMap((entry) => (isOurs(entry, owner) ? [entry] : []));
  const named = (map: JsonValue | undefined): Map<string, JsonObject> =>
    new Map(entriesOf(map).flatMap(([name, value]) => (isOurs(value, owner) ? [[name, value] as const] : [])));
  const servers = entriesOf(at(apps, 'http', 'servers')).flatMap(([name, server]) =>
    isOurServer(name, server, owner, false) ? [[name, withoutForeign(server, owner)] as const] : [],
  );
  return {
    owner,
    servers: new Map(servers),
    policies: marked(at(apps, 'tls', 'automation', 'policies')),
    certificates: marked(at(apps, 'tls', 'certificates', 'load_files')),
    onDemand: named({ permission: at(apps, 'tls', 'automation', 'on_demand') ?? null }),
    authorities: named(at(apps, 'pki', 'certificate_authorities')),
    logs: named(at(logging, 'logs')),
  };
}

function withoutForeign(server: JsonObject, owner: string): JsonObject {
  const kept = (list: JsonValue | undefined): JsonValue[] =>
    itemsOf(list).filter((entry) => isOurs(entry, owner) || (isJsonObject(entry) && Object.keys(entry).length === 0));
  const entries = Object.entries(server).map(([key, value]): [string, JsonValue] => {
    if (key === 'routes' || key === 'tls_connection_policies') return [key, kept(value)];
    return [key, key === 'errors' && isJsonObject(value) ? { ...value, routes: kept(own(value, 'routes')) } : value];
  });
  const all = entriesOf(own(server, 'named_routes'));
  const named = all.filter(([, route]) => isOurs(route, owner));
  // The very object, as long as nobody put anything into it.
  if (named.length === all.length) return Object.fromEntries(entries);
  const rest = entries.filter(([key]) => key !== 'named_routes');
  return Object.fromEntries([
    ...rest,
    ...(named.length > 0 ? [['named_routes', Object.fromEntries(named)] as const] : []),
  ]);
}
