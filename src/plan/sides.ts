import type { JsonValue } from '../caddy/json.ts';
import { unfold } from '../caddy/layout/unfold.ts';
import { lineAt, linesByFile } from '../diagnostics/lines.ts';
import type { Place } from '../diagnostics/position.ts';
import { itemsOf, own } from './live.ts';
import { markOf, ownerOf } from './marks.ts';

/** Where in the policies an object of ours comes from, by its `@id`. */
export type PlaceOf = (id: string) => Place | undefined;

export interface Side {
  readonly text: string;
  readonly place?: Place | undefined;
}

/** Hosts that a server's routes name at the top, where automatic HTTPS sees them, each with the route that names it first: ours as the plain layout has it. */
export function hostsOf(server: JsonValue): Map<string, JsonValue> {
  const hosts = new Map<string, JsonValue>();
  for (const route of unfold(server)) {
    for (const host of itemsOf(own(route, 'match')).flatMap((set) => itemsOf(own(set, 'host')))) {
      const name = typeof host === 'string' ? normalHost(host) : undefined;
      if (name !== undefined && !hosts.has(name)) hosts.set(name, route);
    }
  }
  return hosts;
}

/** As Caddy compares hosts. */
export function normalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** `the site hub.example.com (policies/aidoo.yaml:12:3)` */
export function siteSide(host: string, made: JsonValue, placeOf: PlaceOf): Side {
  const place = placeOf(markOf(made) ?? '');
  return { text: `the site ${host}${placeText(place)}`, place };
}

/** The sites that a server of ours serves: the first by name, the others by number. */
export function serverSide(name: string, server: JsonValue, placeOf: PlaceOf): Side {
  const hosts = hostsOf(server);
  const [first] = hosts;
  if (first === undefined) return { text: `caddyctl's server "${name}"` };
  const side = siteSide(...first, placeOf);
  const others = hosts.size - 1;
  if (others === 0) return side;
  return { ...side, text: `${side.text} and ${others} other${others === 1 ? '' : 's'}` };
}

/** Somebody else's object of the live config. */
export function foreignSide(kind: string, name: string, value: JsonValue): string {
  const owner = ownerOf(value);
  const label = name === '' ? kind : `${kind} "${name}"`;
  return `Caddy's ${label}, which ${owner === undefined ? "is not caddyctl's" : `belongs to caddyctl's owner "${owner}"`}`;
}

/** ` (policies/aidoo.yaml:12:3)`, or nothing. Whoever shows many places passes one `linesByFile()` for all. */
export function placeText(place: Place | undefined, lines = linesByFile()): string {
  if (place === undefined) return '';
  const { line, start } = lineAt(lines(place.file), place.range.start);
  return ` (${place.file.path}:${line}:${place.range.start - start + 1})`;
}
