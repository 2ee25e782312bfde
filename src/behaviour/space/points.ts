import type { Dimension, Draft } from './dimension.ts';

/** For each dimension a class. */
export type Point = readonly number[];

/** So many requests are thought through for one leaf. */
const MOST_POINTS = 4_096;

export interface Points {
  readonly points: readonly Point[];
  /** Not all combinations, but all of each two dimensions. */
  readonly isPartial: boolean;
}

/** All combinations of the classes, the usual ones first. */
export function pointsOf(sizes: readonly number[]): Points {
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count <= MOST_POINTS) {
    const points = sizes.reduce<Point[]>(
      (some, size) => some.flatMap((point) => Array.from({ length: size }, (_, each) => [...point, each])),
      [[]],
    );
    return { points, isPartial: false };
  }
  const usual: Point = sizes.map(() => 0);
  const single = sizes.flatMap((size, at) => classes(size).map((each) => usual.with(at, each)));
  const pairs = single.flatMap((point) => {
    const at = point.findIndex((each) => each > 0);
    return sizes.flatMap((size, other) => (other > at ? classes(size).map((each) => point.with(other, each)) : []));
  });
  return { points: [usual, ...single, ...pairs].slice(0, MOST_POINTS), isPartial: true };
}

function classes(size: number): number[] {
  return Array.from({ length: size - 1 }, (_, each) => each + 1);
}

/** A request of these classes. */
export function draftAt(point: Point, dimensions: readonly Dimension[], plain: Draft): Draft {
  return dimensions.reduce((draft, { classes: some }, at) => some[point[at] ?? 0]?.shape(draft) ?? draft, plain);
}
