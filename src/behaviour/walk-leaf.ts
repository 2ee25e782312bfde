import type { Answer, Way } from '../explain/answer.ts';
import type { Asked } from '../explain/asked.ts';
import { receive } from '../explain/received.ts';
import { type Box, boxesAround } from './boxes.ts';
import { type Change, changesBetween } from './compare.ts';
import { asAsked, type Dimension, type Draft } from './space/dimension.ts';
import { draftAt, type Point, pointsOf } from './space/points.ts';
import type { Space } from './space/space.ts';

/** A change, and for which requests of a leaf. */
export interface LeafChange {
  readonly change: Change;
  /** Where it shows, in `dimensions`. */
  readonly boxes: readonly Box[];
  readonly dimensions: readonly Dimension[];
  readonly example: Draft;
  /** What only Caddy can tell and must hold for the example to show it. */
  readonly provided: readonly string[];
}

export interface Walked {
  readonly changes: readonly LeafChange[];
  readonly isPartial: boolean;
}

interface Seen {
  readonly point: Point;
  /** Those of the conditions that only Caddy can tell which hold here. */
  readonly held: readonly string[];
  readonly draft: Draft;
  readonly changes: readonly Change[];
}

export interface Asking {
  readonly at: string;
  readonly host: string;
  readonly tls: boolean;
  readonly before: (asked: Asked) => Answer;
  readonly after: (asked: Asked) => Answer;
}

/** Asks both sides for every kind of request that a space has, and tells what changes for which of them. */
export function walkLeaf({ plain, dimensions }: Space, asking: Asking): Walked {
  const { at, host, tls } = asking;
  const { points, isPartial } = pointsOf(dimensions.map(({ classes }) => classes.length));
  const asks = new Map<string, { point: Point; draft: Draft; before: Answer; after: Answer }>();
  for (const wanted of points) {
    const draft = draftAt(wanted, dimensions, plain);
    const asked = asAsked(draft, at, host);
    const received = receive(asked, tls);
    if ('status' in received) continue;
    // Some wishes exclude others: what counts is what the request turned out to be.
    const point = dimensions.map(({ classOf }) => classOf({ received, client: received.from }));
    if (point.includes(-1) || asks.has(point.join())) continue;
    asks.set(point.join(), { point, draft, before: asking.before(asked), after: asking.after(asked) });
  }
  const open = openConditions([...asks.values()].flatMap(({ before, after }) => [...before.ways, ...after.ways]));
  const seen = [...asks.values()].flatMap(({ point, draft, before, after }) =>
    assignments(open.length).map((held): Seen => {
      const holds = (text: string): boolean => held[open.indexOf(text)] === 1;
      const [old, now] = [takenWay(before, holds), takenWay(after, holds)];
      const changes = old && now ? changesBetween(asAsked(draft, at, host), old, now) : [];
      return { point: [...point, ...held], held: open.filter((text) => holds(text)), draft, changes };
    }),
  );
  return { changes: gathered(seen, [...dimensions, ...open.map(openDimension)], 2 ** open.length), isPartial };
}

/** Conditions that only Caddy can tell. */
function openConditions(ways: readonly Way[]): string[] {
  const most = 4;
  return [...new Set(ways.flatMap(({ provided }) => provided))].slice(0, most);
}

function openDimension(text: string): Dimension {
  const classes = ['does not hold', 'holds'].map((says) => ({ says, shape: (draft: Draft) => draft }));
  return { of: text, classes, classOf: () => -1 };
}

function assignments(count: number): number[][] {
  return Array.from({ length: 2 ** count }, (_, bits) => Array.from({ length: count }, (__, at) => (bits >> at) & 1));
}

function takenWay({ ways }: Answer, holds: (text: string) => boolean): Way | undefined {
  return ways.find(({ provided }) => provided.every(holds));
}

function gathered(seen: readonly Seen[], dimensions: readonly Dimension[], alternatives: number): LeafChange[] {
  const byChange = new Map<string, { change: Change; shown: Seen[] }>();
  for (const each of seen) {
    for (const change of each.changes) {
      const key = JSON.stringify(change);
      const known = byChange.get(key);
      if (known) known.shown.push(each);
      else byChange.set(key, { change, shown: [each] });
    }
  }
  const sizes = dimensions.map(({ classes }) => classes.length);
  return [...byChange.values()].flatMap(({ change, shown }): LeafChange[] => {
    const drafts = Map.groupBy(shown, ({ draft }) => draft);
    const isCertain = ({ draft }: Seen): boolean => drafts.get(draft)?.length === alternatives;
    const [example] = shown.toSorted(
      (a, b) => Number(isCertain(b)) - Number(isCertain(a)) || unusual(a.point) - unusual(b.point),
    );
    if (example === undefined) return [];
    const those = new Set(shown);
    const [inside, outside] = [true, false].map((wanted) =>
      seen.flatMap((each) => (those.has(each) === wanted ? [each.point] : [])),
    );
    const boxes = boxesAround(inside ?? [], outside ?? [], sizes);
    const provided = isCertain(example)
      ? []
      : [...example.held, ...(alternatives > 1 ? ['what only Caddy can tell'] : [])];
    return [{ change, boxes, dimensions, example: example.draft, provided }];
  });
}

function unusual(point: Point): number {
  return point.filter((each) => each > 0).length;
}
