import type { z } from 'zod';
import { child, knownKeys, unfold, unwrap } from './schema-at.ts';
import { policyFile } from './schema/file.ts';
import { global } from './schema/global.ts';
import { handlers } from './schema/handler.ts';
import { expression } from './schema/matcher.ts';
import { modifiers } from './schema/modifiers.ts';
import { address, listen } from './schema/network.ts';
import { caddyFile, secretVariable } from './schema/scalars.ts';
import { permission } from './schema/site.ts';
import { to } from './schema/to.ts';
import type { DocumentNode } from './tree.ts';

/**
 * What a value of a policy reaches beside the site that it is about: a backend (`address`, or in `to`), a URL that Caddy
 * asks, a file or a secret on Caddy's machine, a place to listen at, what all sites of a listener share.
 */
export type ReachKind =
  | 'address'
  | 'to'
  | 'permission'
  | 'file'
  | 'secret'
  | 'raw'
  | 'expression'
  | 'global'
  | 'listen'
  | 'trusted_proxies'
  | 'log';

export interface Reach {
  readonly kind: ReachKind;
  readonly node: DocumentNode;
  readonly path: readonly PropertyKey[];
}

// By the schema and not by the name of a key, so that a new field of one of these kinds cannot be forgotten.
const KINDS: ReadonlyMap<z.core.$ZodType, ReachKind> = new Map<z.core.$ZodType, ReachKind>([
  [address, 'address'],
  [to, 'to'],
  [permission, 'permission'],
  [caddyFile, 'file'],
  [secretVariable, 'secret'],
  [handlers.raw, 'raw'],
  [expression, 'expression'],
  [global, 'global'],
  [listen, 'listen'],
  [modifiers.trusted_proxies, 'trusted_proxies'],
  [modifiers.log, 'log'],
]);

/** A place in the language: the schemas that a value may be of there. Made once for each, however often it stands in a file. */
interface Spot {
  readonly schemas: readonly z.core.$ZodType[];
  readonly kinds: readonly ReachKind[];
  /** Those that the language gives a meaning to. */
  readonly keys: ReadonlySet<PropertyKey>;
  readonly children: Map<PropertyKey, Spot>;
}

const top = spot([policyFile]);

function spot(schemas: readonly z.core.$ZodType[]): Spot {
  const wrapped = new Set(schemas.flatMap(unwrap));
  const kinds = new Set([...wrapped].flatMap((each) => KINDS.get(each) ?? []));
  const keys = new Set(schemas.flatMap((each) => knownKeys(each, [])));
  return { schemas: [...new Set(schemas.flatMap(unfold))], kinds: [...kinds], keys, children: new Map() };
}

function below(place: Spot, step: PropertyKey): Spot {
  // Items of a list are all alike, and so are names that operators choose: there may be any number of them.
  const key = typeof step === 'number' ? 0 : place.keys.has(step) ? step : '';
  const known = place.children.get(key);
  if (known !== undefined) return known;
  const made = spot(place.schemas.flatMap((each) => child(each, key)));
  place.children.set(key, made);
  return made;
}

/** All that a policy reaches, with the path of each. Caddy's own handlers are not looked into. */
export function reachesOf(root: DocumentNode): Reach[] {
  const found: Reach[] = [];
  const visit = (node: DocumentNode, place: Spot, path: readonly PropertyKey[]): void => {
    for (const kind of place.kinds) found.push({ kind, node, path });
    if (place.schemas.length === 0 || place.kinds.includes('raw')) return;
    if (node.kind === 'list') node.items.forEach((item, at) => visit(item, below(place, at), [...path, at]));
    if (node.kind === 'map')
      for (const [key, entry] of node.entries) visit(entry.node, below(place, key), [...path, key]);
  };
  visit(root, top, []);
  return found;
}
