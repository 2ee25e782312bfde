import { parentPort, workerData } from 'node:worker_threads';
import { type Examined, examine } from './examine.ts';
import { inputOf } from './input.ts';

/** Said before an input is compiled and after, so that whoever waits knows which one hangs. */
export type Said = { readonly begun: number } | { readonly done: number; readonly examined: Examined };

const { seed } = workerData as { readonly seed: number };

function say(what: Said): void {
  // oxlint-disable-next-line require-post-message-target-origin -- a thread has none
  parentPort?.postMessage(what);
}

parentPort?.on('message', (number: number) => {
  const input = inputOf(seed, number);
  say({ begun: number });
  say({ done: number, examined: examine(input) });
});
