import type { Condition, When } from '../../policy/schema/matcher.ts';
import type { Modifiers, Route } from '../../ir/model.ts';
import { meaningOf } from '../meaning.ts';
import type { Leaf } from '../paths/tree.ts';
import { clients, saidByProxies } from './client.ts';
import { credentials } from './credentials.ts';
import type { Dimension, Draft } from './dimension.ts';
import { methods, protocols } from './methods.ts';
import { namedValues } from './named-values.ts';
import { origins } from './origins.ts';
import { pathShapes, type Shapes, written } from './path-shape.ts';
import { bodies, sentHeaders } from './sent.ts';

export interface SpaceInput {
  readonly leaf: Leaf;
  /** Of both sides, all that may get a request of this leaf. */
  readonly routes: readonly Route[];
  readonly modifiers: readonly Modifiers[];
  /** Proxies that are believed on either side. */
  readonly trusted: readonly string[];
  readonly isSocket: boolean;
  /** What proxies say makes a difference: for who is sent to https, or since others are believed than before. */
  readonly isSaidByProxies: boolean;
  /** Whether a path falls into the leaf. */
  readonly isThere: (path: string) => boolean;
}

export interface Space extends Shapes {
  /** What a request is like where nothing is said. */
  readonly plain: Draft;
}

/** Everything by which the requests of a leaf can be told apart: what any matcher names, and one that none names. */
export function spaceOf(input: SpaceInput): Space {
  const { leaf, routes, modifiers, trusted, isSocket } = input;
  const conditions = routes.flatMap(({ when }) => when.flatMap(parts));
  const plain: Draft = {
    method: 'GET',
    path: written(leaf.path),
    query: [],
    headers: [],
    from: isSocket ? undefined : '203.0.113.1',
    protocol: 'http/1.1',
  };
  const ranges = [
    ...conditions.flatMap(({ client_ip: some }) => some ?? []),
    ...modifiers.flatMap(({ allowFrom, denyFrom }) => [...(allowFrom?.value ?? []), ...(denyFrom?.value ?? [])]),
  ];
  const shapes = pathShapes([...conditions, ...stripped(modifiers)], leaf, input.isThere, plain);
  const dimensions = [
    ...shapes.dimensions,
    ...methods(conditions),
    ...protocols(conditions),
    ...namedValues(conditions, plain),
    ...clients(ranges, trusted, isSocket),
    ...(input.isSaidByProxies && trusted.length > 0 ? saidByProxies : []),
    ...credentials(modifiers),
    ...origins(modifiers),
    ...bodies(modifiers),
    ...sentHeaders(modifiers),
  ];
  return { plain, met: shapes.met, unmet: shapes.unmet, dimensions: distinct(dimensions) };
}

function parts({ not = [], ...condition }: When): Condition[] {
  return [condition, ...not];
}

/** Where routes strip different prefixes, paths that begin so are others than those that do not. */
function stripped(modifiers: readonly Modifiers[]): Condition[] {
  const rules = new Set(modifiers.map(({ rewrite }) => meaningOf(rewrite?.value)));
  if (rules.size === 1) return [];
  return modifiers.flatMap(({ rewrite }) => {
    const prefix = rewrite?.value.strip_prefix;
    return prefix === undefined ? [] : [{ path_glob: [`${prefix}*`] }];
  });
}

/** A header that a condition names is told by its values, and not again by whether it is sent. */
function distinct(dimensions: readonly Dimension[]): Dimension[] {
  const byName = new Map<string, Dimension>();
  for (const dimension of dimensions) if (!byName.has(dimension.of)) byName.set(dimension.of, dimension);
  return [...byName.values()].filter(({ classes }) => classes.length > 1);
}
