import { Worker } from 'node:worker_threads';
import type { Examined } from './examine.ts';
import type { Said } from './worker.ts';

/** A thread that compiles, so that an input that it never ends with can be told and left. */
export interface Compiler {
  /** What was made of one input; a fault where it hung. Asked for one at a time. */
  examine(number: number): Promise<Examined>;
  stop(): Promise<void>;
}

// Twice and more what counts as slow: the machine may be busy with other things.
const patience = 20_000;

export function startCompiler(seed: number): Compiler {
  let worker: Worker | undefined;

  function running(): Worker {
    worker ??= new Worker(new URL('worker.ts', import.meta.url), { workerData: { seed } });
    return worker;
  }

  async function stop(): Promise<void> {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  }

  async function examine(number: number): Promise<Examined> {
    const thread = running();
    const { promise, resolve } = Promise.withResolvers<Examined>();
    let timer: NodeJS.Timeout | undefined;
    const fault = (what: string): void => resolve({ faults: [what], took: patience, codes: [] });
    const onMessage = (said: Said): void => {
      if ('done' in said) resolve(said.examined);
      else timer = setTimeout(() => fault('hangs'), patience);
    };
    const onError = (error: Error): void => fault(`ends the thread: ${error.stack ?? error.message}`);
    thread.on('message', onMessage);
    thread.on('error', onError);
    // oxlint-disable-next-line require-post-message-target-origin -- a thread has none
    thread.postMessage(number);
    const examined = await promise;
    clearTimeout(timer);
    thread.off('message', onMessage);
    if (examined.took >= patience) await stop();
    thread.off('error', onError);
    return examined;
  }

  return { examine, stop };
}
