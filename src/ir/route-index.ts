import type { PathPattern } from '../policy/schema/path.ts';
import type { Route } from './model.ts';
import { folded } from './order.ts';

interface Node {
  readonly children: Map<string, Node>;
  /** The first route that takes this path and everything below it, and those that take it alone, without and with a slash. */
  below?: Entry;
  alone?: Entry;
  aloneWithSlash?: Entry;
}

interface Entry {
  readonly turn: number;
  readonly route: Route;
}

/** Finds who takes all requests of a path without looking at every route: a hostile file may have tens of thousands. */
export class RouteIndex {
  readonly #root: Node = { children: new Map() };
  #turns = 0;

  /** To be called in the order in which routes are tried. Routes with conditions leave requests to others, and do not count. */
  add(route: Route): void {
    if (route.when.length > 0) return;
    let node = this.#root;
    for (const segment of folded(route.pattern).segments) {
      const next = node.children.get(segment) ?? { children: new Map() };
      node.children.set(segment, next);
      node = next;
    }
    const entry = { turn: this.#turns++, route };
    if (!route.pattern.exact) node.below ??= entry;
    else if (route.pattern.slash) node.aloneWithSlash ??= entry;
    else node.alone ??= entry;
  }

  /** The first route so far that takes every request of this pattern. */
  taker(pattern: PathPattern): Route | undefined {
    let first: Entry | undefined;
    const consider = (entry: Entry | undefined) => {
      if (entry && (first === undefined || entry.turn < first.turn)) first = entry;
    };
    let nodes = [this.#root];
    for (const segment of folded(pattern).segments) {
      for (const node of nodes) consider(node.below);
      nodes = nodes
        .flatMap(({ children }) => [children.get('*'), segment === '*' ? undefined : children.get(segment)])
        .filter((node) => node !== undefined);
    }
    for (const node of nodes) {
      consider(node.below);
      if (pattern.exact) consider(pattern.slash ? node.aloneWithSlash : node.alone);
    }
    return first?.route;
  }
}
