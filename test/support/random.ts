/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number;

/** xorshift32: the same numbers for the same seed. */
export function randomFrom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)] as T;
}
