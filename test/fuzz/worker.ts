import { parentPort, workerData } from 'node:worker_threads';
import { type Examined, examine } from './examine.ts';
import { inputOf } from './input.ts';

/** Said before an input is compiled and after, so that whoever waits knows which one hangs. */
export type Said = { readonly begun: number } | { readonly done: number; readonly examined: Examined };

const { seed } = workerData as { readonly seed: number };

parentPort?.on('message', (number: number) => {
  const input = inputOf(seed, number);
  parentPort?.postMessage({ begun: number } satisfies Said);
  parentPort?.postMessage({ done: number, examined: examine(input) } satisfies Said);
});
