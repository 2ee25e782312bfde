import type { Origin } from '../ir/origin.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { CaddyConfig } from './translate.ts';

/**
 * Where the part of the config was written that Caddy complains of. It names the way there by indexes: `server NAME: setting
 * up route handlers: route 1: loading handler modules: position 0: … setting up subroutes: route 4: …`. Undefined when the
 * way leads to nothing that has an origin.
 */
export function originOfComplaint(
  complaint: string,
  config: CaddyConfig,
  origins: ReadonlyMap<string, Origin>,
): Origin | undefined {
  const server = /\bserver ([^\s:]+): /.exec(complaint);
  if (server === null) {
    return undefined;
  }
  const way = complaint.slice(server.index + server[0].length);
  const root = child(child(child(config.apps, 'http'), 'servers'), server[1] ?? '');
  // The first route is the server's own: of its errors or of its requests.
  let node = way.startsWith('setting up error handling') ? child(root, 'errors') : root;
  let found: Origin | undefined;
  for (const [, route, position] of way.matchAll(/\broute (\d+): |\bposition (\d+): /g)) {
    const list = child(node, route === undefined ? 'handle' : 'routes');
    const next: JsonValue | undefined = Array.isArray(list) ? list[Number(route ?? position)] : undefined;
    if (!isJsonObject(next)) {
      break;
    }
    node = next;
    found = originOf(next, origins) ?? found;
  }
  return found;
}

function originOf(node: JsonObject, origins: ReadonlyMap<string, Origin>): Origin | undefined {
  const id = node['@id'];
  return typeof id === 'string' ? origins.get(id) : undefined;
}

function child(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
