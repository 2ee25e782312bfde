import { ways } from './watch-ways.ts';

/** Another process, as editors are: makes one change when told to, and says how long it took from each step to the next. */
export interface Order {
  readonly way: string;
  readonly scene: string;
  readonly round: number;
}

export interface Done {
  /** Milliseconds. */
  readonly pauses: readonly number[];
}

process.on('message', ({ way, scene, round }: Order) => {
  const steps = ways[way]?.steps(scene, round) ?? [];
  const ends = steps.map((step) => {
    step();
    return performance.now();
  });
  const pauses = ends.slice(1).map((end, index) => end - (ends[index] ?? end));
  process.send?.({ pauses } satisfies Done);
});
