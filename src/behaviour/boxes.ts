/** For each dimension the classes that are meant; undefined for all of them. */
export type Box = readonly (ReadonlySet<number> | undefined)[];

type Point = readonly number[];

/** Few boxes that hold all points of `inside` and none of `outside`; what is in neither cannot be asked for. */
export function boxesAround(inside: readonly Point[], outside: readonly Point[], sizes: readonly number[]): Box[] {
  const boxes: Box[] = [];
  const sum = (point: Point): number => point.reduce((total, each) => total + Number(each > 0), 0);
  for (const point of inside.toSorted((a, b) => sum(a) - sum(b))) {
    if (boxes.some((box) => isIn(point, box))) continue;
    boxes.push(grown(point, outside, sizes));
  }
  return boxes;
}

export function isIn(point: Point, box: Box): boolean {
  // What cannot be told may be meant.
  return box.every((classes, at) => classes === undefined || point[at] === -1 || classes.has(point[at] ?? -1));
}

/** As wide as it gets without holding a point outside. */
function grown(point: Point, outside: readonly Point[], sizes: readonly number[]): Box {
  let box: Box = point.map((each) => new Set([each]));
  for (const [at, size] of sizes.entries()) {
    const wide = box.with(at, undefined);
    if (!outside.some((each) => isIn(each, wide))) {
      box = wide;
      continue;
    }
    for (let each = 0; each < size; each++) {
      const more = box.with(at, new Set([...(box[at] ?? []), each]));
      if (!outside.some((other) => isIn(other, more))) box = more;
    }
  }
  return box;
}
