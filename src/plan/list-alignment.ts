import { canonical, isJsonObject, type JsonValue } from '../caddy/json.ts';

/** Entries that stand in one list and not in the other, between two that stand in both; `at` and `to` are where they begin. */
export interface Gap {
  readonly kind: 'gap';
  readonly at: number;
  readonly to: number;
  readonly removed: number;
  readonly added: number;
}

export type Part = Gap | { readonly kind: 'kept'; readonly at: number; readonly to: number };

/** Two lists side by side, in order: as many entries kept as keep their order. Entries are told by `@id`, else by value. */
export function alignLists(before: readonly JsonValue[], after: readonly JsonValue[]): Part[] {
  const parts: Part[] = [];
  let [at, to] = [0, 0];
  const gapUntil = (nextAt: number, nextTo: number): void => {
    if (nextAt > at || nextTo > to) parts.push({ kind: 'gap', at, to, removed: nextAt - at, added: nextTo - to });
  };
  for (const pair of longestRising(pairsOf(before, after))) {
    gapUntil(pair.at, pair.to);
    parts.push({ kind: 'kept', ...pair });
    [at, to] = [pair.at + 1, pair.to + 1];
  }
  gapUntil(before.length, after.length);
  return parts;
}

interface Pair {
  readonly at: number;
  readonly to: number;
}

function pairsOf(before: readonly JsonValue[], after: readonly JsonValue[]): Pair[] {
  const places = new Map<string, number[]>();
  after.forEach((value, to) => {
    const key = keyOf(value);
    const known = places.get(key);
    if (known === undefined) places.set(key, [to]);
    else known.push(to);
  });
  for (const known of places.values()) known.reverse();
  return before.flatMap((value, at) => {
    const to = places.get(keyOf(value))?.pop();
    return to === undefined ? [] : [{ at, to }];
  });
}

function keyOf(value: JsonValue): string {
  const id = isJsonObject(value) ? value['@id'] : undefined;
  return typeof id === 'string' ? `@id ${id}` : canonical(value);
}

/** The longest run of pairs in which `to` rises as `at` does; patience sorting, n log n. */
function longestRising(pairs: readonly Pair[]): Pair[] {
  const tails: number[] = [];
  const previous: number[] = [];
  pairs.forEach((pair, index) => {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] as number] as Pair).to < pair.to) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? (tails[low - 1] as number) : -1;
    tails[low] = index;
  });
  const rising: Pair[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] as number) rising.push(pairs[index] as Pair);
  return rising.reverse();
}
