import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 5;

/** Asks again and again for at most so many milliseconds; undefined when there was nothing. */
export async function within<T>(
  ms: number,
  what: () => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await what();
    if (found !== undefined || performance.now() >= deadline) return found;
    await sleep(pauseMs);
  }
}

/** The same where there must be something. */
export async function come<T>(
  ms: number,
  name: string,
  what: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const found = await within(ms, what);
  if (found === undefined) throw new Error(`not within ${ms} ms: ${name}`);
  return found;
}

/** Milliseconds until it holds; undefined when it did not within `ms`. */
export async function timeUntil(ms: number, holds: () => boolean | Promise<boolean>): Promise<number | undefined> {
  const begun = performance.now();
  return await within(ms, async () => ((await holds()) ? performance.now() - begun : undefined));
}

/** Of an unsorted list; 0 of an empty one. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? sorted[0] ?? 0;
}
