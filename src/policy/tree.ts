import type { Range } from '../diagnostics/position.ts';

/** A YAML or JSON node with the place it was written at. Aliases share the node they point to. */
export type DocumentNode = ScalarNode | MapNode | ListNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Written without quotes, so that its text says its type. */
  readonly plain: boolean;
  readonly range: Range;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: Map<string, MapEntry>;
  readonly range: Range;
}

interface MapEntry {
  readonly key: Range;
  readonly node: DocumentNode;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: DocumentNode[];
  readonly range: Range;
}

/** The plain value of a tree, for validation. Nodes that aliases share are made once. */
export function toValue(root: DocumentNode): unknown {
  const done = new Map<DocumentNode, unknown>();
  const visit = (node: DocumentNode): unknown => {
    if (node.kind === 'scalar') return node.value;
    const known = done.get(node);
    if (known !== undefined) return known;
    const value =
      node.kind === 'list'
        ? node.items.map(visit)
        : Object.fromEntries([...node.entries].map(([key, entry]) => [key, visit(entry.node)]));
    done.set(node, value);
    return value;
  };
  return visit(root);
}

/** The node at a path, if there is one. */
export function nodeAt(root: DocumentNode, path: readonly PropertyKey[]): DocumentNode | undefined {
  let node: DocumentNode | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.node;
    else if (node?.kind === 'list') node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** Where a value stands, or its key: the place to point at for "this key is not known". The nearest parent if it is not there. */
export function locate(root: DocumentNode, path: readonly PropertyKey[], what: 'key' | 'value' = 'value'): Range {
  let node = root;
  let range = root.range;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (node.kind === 'map') {
      const entry = node.entries.get(String(step));
      if (entry === undefined) return range;
      range = last && what === 'key' ? entry.key : entry.node.range;
      node = entry.node;
    } else if (node.kind === 'list') {
      const item = node.items[Number(step)];
      if (item === undefined) return range;
      range = item.range;
      node = item;
    } else return range;
  }
  // A block map begins at its first key, which reads better than the whole block as a place to point at.
  return range;
}

/** How many nodes the tree has, and how deep it is, once every alias is followed. */
export function unfolded(root: DocumentNode): { readonly nodes: number; readonly depth: number } {
  const known = new Map<DocumentNode, { nodes: number; depth: number }>();
  const measure = (node: DocumentNode) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const size = { nodes: 1, depth: 1 };
    const children = node.kind === 'map' ? Array.from(node.entries.values(), (entry) => entry.node) : [];
    for (const child of node.kind === 'list' ? node.items : children) {
      const { nodes, depth } = measure(child);
      size.nodes += nodes;
      size.depth = Math.max(size.depth, depth + 1);
    }
    known.set(node, size);
    return size;
  };
  return measure(root);
}
