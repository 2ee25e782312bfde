import type { LeafChange } from './walk-leaf.ts';

/** Which classes of one dimension are meant: some, or all but some. */
export interface Limit {
  readonly of: string;
  readonly is?: readonly string[];
  readonly not?: readonly string[];
}

/** All limits must hold. */
export type Case = readonly Limit[];

/** The boxes of a change in words. One of the cases must hold; without limits it is for every request. */
export function casesOf({ boxes, dimensions }: Pick<LeafChange, 'boxes' | 'dimensions'>): Case[] {
  const cases = boxes.map((box) =>
    dimensions.flatMap(({ of, classes }, at): Limit[] => {
      const meant = box[at];
      if (meant === undefined || meant.size === classes.length) return [];
      const says = (wanted: boolean) =>
        classes.filter((_, each) => meant.has(each) === wanted).map((each) => each.says);
      return [meant.has(0) ? { of, not: says(false) } : { of, is: says(true) }];
    }),
  );
  return cases.some((each) => each.length === 0) ? [[]] : cases;
}
