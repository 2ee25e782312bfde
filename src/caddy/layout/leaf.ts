import type { CaddyHandler } from '../handlers/context.ts';
import { hostSlug, ownedId } from '../ids.ts';
import type { MatcherSet } from '../match.ts';
import type { Family } from './alike.ts';
import { mapOf } from './variables.ts';
import { type Block, type BlockRoute, routeId } from './block.ts';
import { FEW_BRANCHES, MAP_ENTRIES } from './costs.ts';
import { type LaidRoute, type Mark, SHAPES } from './laid.ts';
import { type PathNode, pathTree } from './path-tree.ts';

/** What a tree of hosts is made of: the routes of a site, or of several that share them. */
export interface Leaf {
  readonly hosts: readonly string[];
  /** The routes as they stand among those of other sites; `isTop`: in the server's own list. */
  readonly lay: (isTop: boolean) => readonly LaidRoute[];
}

/** Everything that a leaf says of itself. */
export interface Naming {
  /** The part of the `@id`s that tells the server. */
  readonly part: string;
  readonly owner: string;
  readonly mark: Mark;
  /** Puts what many routes have alike where all find it. */
  readonly share: (handle: readonly CaddyHandler[]) => readonly CaddyHandler[];
}

export function leavesOf(family: Family, naming: Naming): Leaf[] {
  const { members, variables } = family;
  const [first] = members;
  if (members.length === 1 && first !== undefined) return [siteLeaf(first, naming)];
  const most = variables.length === 0 ? members.length : MAP_ENTRIES;
  const buckets = Math.ceil(members.length / most);
  const share = Math.ceil(members.length / buckets);
  return Array.from({ length: buckets }, (_, index) => alikeLeaf(family, index * share, share, naming));
}

function siteLeaf(block: Block, naming: Naming): Leaf {
  const { hosts } = block;
  const [name = ''] = hosts;
  const nodes = pathTree(block.routes);
  const lay = (route: BlockRoute, match: MatcherSet): LaidRoute => {
    const id = routeId(naming.owner, route, name);
    naming.mark(id, route.origin);
    const handle = route.isRaw ? route.handle : naming.share(route.handle);
    return { '@id': id, ...matching({ ...match, ...route.match }), handle, terminal: true };
  };
  return {
    hosts,
    lay(isTop) {
      if (isTop || nodes.length <= FEW_BRANCHES) {
        const idOf = (index: number) => ({ '@id': shapeId(naming, 'paths', `${hostSlug(name)}-${index}-`) });
        return nodes.map((node, index) => layNode(node, lay, { host: hosts }, isTop ? idOf(index) : {}));
      }
      return [
        within(
          { host: hosts },
          nodes.map((node) => layNode(node, lay, {}, {})),
        ),
      ];
    },
  };
}

function alikeLeaf({ members, routes, variables }: Family, from: number, share: number, naming: Naming): Leaf {
  const part = members.slice(from, from + share);
  const hosts = part.flatMap((member) => member.hosts);
  const [name = ''] = hosts;
  const values = variables.length === 0 ? [] : [mapOf(part, variables, from)];
  const { owner, mark } = naming;
  part.forEach((member) => {
    member.names.forEach((route) => {
      // Each site's own, though no route carries it: by this a route of one of them is found, see unfold.ts.
      mark(routeId(owner, route, member.hosts[0] ?? ''), route.origin);
    });
  });
  const lay = (route: BlockRoute, match: MatcherSet, before: readonly CaddyHandler[] = []): LaidRoute => {
    const id = ownedId(owner, route.kind, `${SHAPES.alike}${hostSlug(name)}${route.slug}`);
    mark(id, part[0]?.names.find(({ slug }) => slug === route.slug)?.origin ?? route.origin);
    const handle = before.length === 0 ? route.handle : [...before, ...route.handle];
    return { '@id': id, ...matching({ ...match, ...route.match }), handle, terminal: true };
  };
  const [only, ...more] = routes;
  return {
    hosts,
    lay(isTop) {
      if (only !== undefined && more.length === 0) return [lay(only, { host: hosts }, values)];
      const nodes = pathTree(routes).map((node) => layNode(node, lay, {}, {}));
      return [within({ host: hosts }, nodes, isTop ? shapeId(naming, 'hosts', hostSlug(name)) : undefined, values)];
    },
  };
}

/** A route that only leads to others, one of which takes the request. */
export function within(
  match: MatcherSet,
  routes: readonly LaidRoute[],
  id?: string,
  before: readonly CaddyHandler[] = [],
): LaidRoute {
  const handle = [...before, { handler: 'subroute', routes }];
  return { ...(id !== undefined && { '@id': id }), ...matching(match), handle, terminal: true };
}

export function shapeId({ owner, part }: Naming, shape: keyof typeof SHAPES, slug: string): string {
  return ownedId(owner, part, `${SHAPES[shape]}${slug}`);
}

/** `match` is what must hold beside: for a route in the server's own list, the host. */
function layNode(
  node: PathNode<BlockRoute>,
  lay: (route: BlockRoute, match: MatcherSet) => LaidRoute,
  match: MatcherSet,
  id: { readonly '@id'?: string },
): LaidRoute {
  if (!('prefix' in node)) return lay(node, match);
  const routes = node.nodes.map((each) => layNode(each, lay, {}, {}));
  // Not terminal: a request that begins so, and that none of these takes, goes on to what stands behind them.
  return { ...id, ...matching({ ...match, path: [`${node.prefix}*`] }), handle: [{ handler: 'subroute', routes }] };
}

function matching(match: MatcherSet): { match?: [MatcherSet] } {
  return Object.keys(match).length > 0 ? { match: [match] } : {};
}
