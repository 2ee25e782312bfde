import type { Leaf, PathNode } from './tree.ts';

/** A part of a set of paths; where two say something of a path, the more specific one counts. */
export interface PathTerm {
  /** A policy's own form: `/api` with all below it, `=/health`; `*` is any segment that is not named beside it. */
  readonly path: string;
  readonly isIn: boolean;
}

/** A set of leaves in the fewest terms. */
export function termsOf(root: PathNode, isIn: (leaf: Leaf) => boolean): PathTerm[] {
  return best(root, false, isIn, new Map());
}

type Known = Map<PathNode, [PathTerm[]?, PathTerm[]?]>;

function best(node: PathNode, inherited: boolean, isIn: (leaf: Leaf) => boolean, known: Known): PathTerm[] {
  const found = known.get(node) ?? [];
  known.set(node, found);
  const at = Number(inherited);
  const before = found[at];
  if (before) return before;
  const below = node.leaves.find(({ kind }) => kind === 'below');
  const choices = below ? [isIn(below)] : [inherited, !inherited];
  const [first = [], second] = choices.map((choice) => [
    ...(choice === inherited ? [] : [{ path: pathText(node, ''), isIn: choice }]),
    ...node.leaves.flatMap((leaf) => {
      if (leaf.kind === 'below' || isIn(leaf) === choice) return [];
      return [{ path: pathText(node, leaf.kind), isIn: !choice }];
    }),
    ...node.children.flatMap((child) => best(child, choice, isIn, known)),
  ]);
  const chosen = second && second.length < first.length ? second : first;
  found[at] = chosen;
  return chosen;
}

function pathText({ segments }: PathNode, kind: '' | 'exact' | 'slash'): string {
  return `${kind === '' ? '' : '='}/${segments.join('/')}${kind === 'slash' ? '/' : ''}`;
}

/** `/api/* and /health, but not /api/x`, at most so many of each. */
export function pathsText(terms: readonly PathTerm[], most: number): string {
  const shown = (wanted: boolean) => {
    const those = terms.filter(({ isIn }) => isIn === wanted).map(({ path }) => shownPath(path));
    const more = those.length - most;
    return more > 1 ? `${those.slice(0, most).join(', ')} and ${more} more` : those.join(', ');
  };
  const without = shown(false);
  return `${shown(true)}${without === '' ? '' : ` (but not ${without})`}`;
}

function shownPath(path: string): string {
  if (path.startsWith('=')) return path.slice(1);
  return path === '/' ? '/*' : `${path}/*`;
}
