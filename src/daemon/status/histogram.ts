/** Upper bounds in seconds; what is above the last counts in `count` alone. */
export const histogramBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** As Prometheus has them: each of `buckets` counts all observations up to its bound. */
export interface Histogram {
  /** One for each of `histogramBounds`. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

export const emptyHistogram: Histogram = { buckets: histogramBounds.map(() => 0), sum: 0, count: 0 };

export function observe({ buckets, sum, count }: Histogram, seconds: number): Histogram {
  return {
    buckets: buckets.map((each, at) => each + Number(seconds <= (histogramBounds[at] ?? 0))),
    sum: sum + seconds,
    count: count + 1,
  };
}
