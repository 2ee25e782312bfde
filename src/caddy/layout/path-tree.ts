import type { CaddyHandler } from '../handlers/context.ts';
import type { MatcherSet } from '../match.ts';
import { FEW_PATHS } from './costs.ts';

/** A route, or several that share the beginning of their paths: who asks for another path passes them all at once. */
export type PathNode<T> = T | { readonly prefix: string; readonly nodes: readonly PathNode<T>[] };

export interface PathRoute {
  readonly match: MatcherSet;
  readonly handle: readonly CaddyHandler[];
}

export function isPathTree(routes: readonly unknown[]): boolean {
  return routes.length > FEW_PATHS;
}

/**
 * The same routes with those that share a beginning put together. Only what cannot take one request is given another order:
 * paths that begin differently. A route without a plain path may take anything, and stays where it is.
 */
export function pathTree<T extends PathRoute>(routes: readonly T[]): PathNode<T>[] {
  if (!isPathTree(routes)) return [...routes];
  const nodes: PathNode<T>[] = [];
  let run: Placed<T>[] = [];
  const endRun = (): void => {
    nodes.push(...treeOf(run, 0));
    run = [];
  };
  for (const route of routes) {
    const path = plainPath(route.match);
    if (path === undefined) {
      endRun();
      nodes.push(route);
    } else run.push({ path, route });
  }
  endRun();
  return nodes;
}

interface Placed<T> {
  readonly path: string;
  readonly route: T;
}

/** Fewer than these are not worth a list of their own. */
const FEWEST = 4;
/** So many are tried one after another sooner than they are divided. */
const ENOUGH = 8;

/** All paths share their first `depth` characters. */
function treeOf<T>(run: readonly Placed<T>[], depth: number): PathNode<T>[] {
  const flat = run.map(({ route }) => route);
  if (run.length <= ENOUGH) return flat;
  const groups = new Map<string, Placed<T>[]>();
  const ended: number[] = [];
  run.forEach((placed, index) => {
    const next = placed.path.charAt(depth);
    if (next === '') ended.push(index);
    const group = groups.get(next);
    if (group === undefined) groups.set(next, [placed]);
    else group.push(placed);
  });
  // A path that ends here takes some of what the others take: it can only go behind them where it stood there.
  const rest = run.length - ended.length;
  if (ended.some((index) => index < rest)) return flat;
  if (groups.size === 1) return ended.length > 0 ? flat : treeOf(run, depth + 1);
  return [...groups.values()].flatMap((group): PathNode<T>[] => {
    const [first] = group;
    if (group.length < FEWEST || first === undefined || first.path.length === depth)
      return group.map(({ route }) => route);
    const prefix = first.path.slice(0, depth + sharedLength(group, depth));
    return [{ prefix, nodes: treeOf(group, prefix.length) }];
  });
}

/** How many characters from `depth` on all have in common; none of them ends within. */
function sharedLength<T>(group: readonly Placed<T>[], depth: number): number {
  const [first = { path: '' }] = group;
  let length = 1;
  const isShared = (at: number): boolean =>
    group.every(({ path }) => at < path.length && path.charAt(at) === first.path.charAt(at));
  while (isShared(depth + length)) length++;
  return length;
}

/**
 * The path that a route takes, with or without what is below, as Caddy compares it: in small letters. Undefined for a path
 * that Caddy reads in a way of its own: with escapes (`%`), wildcards, slashes that are not merged, or letters whose small
 * form is longer or that others fold to.
 */
function plainPath({ path }: MatcherSet): string | undefined {
  if (!Array.isArray(path)) return undefined;
  const [first, below, ...more] = path as readonly unknown[];
  if (typeof first !== 'string' || more.length > 0 || !/^(\/[\w.~!$&'()+,;=:@-]+)+\/?$/.test(first)) return undefined;
  return below === undefined || below === `${first}/*` ? first.toLowerCase() : undefined;
}
