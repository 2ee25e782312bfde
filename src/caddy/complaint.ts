import type { Origin } from '../ir/origin.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * Where the part of the config was written that Caddy complains of. Undefined when the way there leads to nothing that has an
 * origin.
 */
export function originOfComplaint(
  complaint: string,
  config: Complained,
  origins: ReadonlyMap<string, Origin>,
): Origin | undefined {
  const known = nodesOfComplaint(complaint, config).flatMap((node) => originOf(node, origins) ?? []);
  return known.at(-1);
}

/** A config, or one of a Caddy that several share. */
export interface Complained {
  readonly apps: JsonValue;
  readonly logging?: JsonValue | undefined;
}

/**
 * The routes and handlers that Caddy's complaint goes through, from the outermost on. It names the way by indexes: `server
 * NAME: setting up route handlers: route 1: loading handler modules: position 0: … setting up subroutes: route 4: …`.
 */
export function nodesOfComplaint(complaint: string, { apps }: Complained): readonly JsonObject[] {
  const server = /\bserver ([^\s:]+): /.exec(complaint);
  if (server === null) return [];
  const way = complaint.slice(server.index + server[0].length);
  const root = child(child(child(apps, 'http'), 'servers'), server[1] ?? '');
  // The first route is the server's own: of its errors or of its requests.
  let node = way.startsWith('setting up error handling') ? child(root, 'errors') : root;
  const nodes: JsonObject[] = [];
  for (const [, route, position] of way.matchAll(/\broute (\d+): |\bposition (\d+): /g)) {
    const list = child(node, route === undefined ? 'handle' : 'routes');
    const next: JsonValue | undefined = Array.isArray(list) ? list[Number(route ?? position)] : undefined;
    if (!isJsonObject(next)) break;
    node = next;
    nodes.push(next);
  }
  return nodes;
}

function originOf(node: JsonObject, origins: ReadonlyMap<string, Origin>): Origin | undefined {
  const id = node['@id'];
  return typeof id === 'string' ? origins.get(id) : undefined;
}

function child(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
