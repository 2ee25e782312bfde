import { folded } from '../../ir/order.ts';
import { type PathPattern, showPath } from '../../policy/schema/path.ts';

/** Where the paths of two sites part: each leaf is a set of paths that the same patterns take. */
export interface PathNode {
  /** `*` is any segment that has no branch of its own here. */
  readonly segments: readonly string[];
  readonly leaves: readonly Leaf[];
  readonly children: readonly PathNode[];
}

export interface Leaf {
  /** The node's path itself, the same with a slash behind it, or all below it that has no branch. */
  readonly kind: 'exact' | 'slash' | 'below';
  /** One such path, decoded. */
  readonly path: string;
  /** Keys of the patterns that take it. */
  readonly taken: readonly string[];
}

/** A text for a pattern, the same for all that take the same paths. */
export function keyOf(pattern: PathPattern): string {
  return showPath(folded(pattern));
}

interface Alive {
  readonly key: string;
  readonly exact: boolean;
  readonly slash: boolean;
  /** What is still to come. */
  readonly rest: readonly string[];
}

/** More than an operator writes; beyond it a tree of many `*` would grow without end. */
const MOST_NODES = 100_000;

/** Every way in which a path can fall among the patterns. Undefined where there are too many. */
export function pathTree(patterns: readonly PathPattern[]): PathNode | undefined {
  const distinct = new Map(patterns.map((pattern) => [keyOf(pattern), folded(pattern)]));
  const alive = [...distinct].map(([key, { exact, slash, segments }]) => ({ key, exact, slash, rest: segments }));
  let left = MOST_NODES;
  const grow = (here: readonly Alive[], inherited: readonly string[], segments: readonly string[], base: string) => {
    left -= 1;
    if (left < 0) throw new TooMany();
    const ending = here.filter(({ rest }) => rest.length === 0);
    const keys = (wanted: (each: Alive) => boolean) => ending.filter(wanted).map(({ key }) => key);
    const below = [...inherited, ...keys(({ exact }) => !exact)];
    const isRoot = segments.length === 0;
    const leaves: Leaf[] = [
      { kind: 'exact', path: isRoot ? '/' : base, taken: [...below, ...keys(({ exact, slash }) => exact && !slash)] },
    ];
    if (!isRoot) leaves.push({ kind: 'slash', path: `${base}/`, taken: [...below, ...keys(({ slash }) => slash)] });
    const next = new Map<string, Alive[]>();
    const stars: Alive[] = [];
    for (const each of here) {
      const [first, ...rest] = each.rest;
      if (first === undefined) continue;
      const moved = { ...each, rest };
      if (first === '*') stars.push(moved);
      else if (next.has(first)) next.get(first)?.push(moved);
      else next.set(first, [moved]);
    }
    const unlike = fillerOf(next);
    const children: PathNode[] = [...next].map(([segment, those]) =>
      grow([...those, ...stars], below, [...segments, segment], `${base}/${segment}`),
    );
    if (stars.length > 0) children.push(grow(stars, below, [...segments, '*'], `${base}/${unlike}`));
    else leaves.push({ kind: 'below', path: `${base}/${unlike}`, taken: below });
    return { segments, leaves, children };
  };
  try {
    return grow(alive, [], [], '');
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

class TooMany extends Error {}

function fillerOf(taken: ReadonlyMap<string, unknown>): string {
  for (let turn = 1; ; turn++) {
    const name = turn === 1 ? 'x' : `x${turn}`;
    if (!taken.has(name)) return name;
  }
}
