import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readSources } from '../../src/files/read.ts';
import type { WatchProblem } from '../../src/files/watch-problem.ts';
import { watchSources, type WatchOptions } from '../../src/files/watch.ts';
import type { Done, Order } from './watch-editor.ts';

/** What a daemon would know: it reads everything again at each trigger. */
export interface Scene {
  readonly folder: string;
  readonly problems: readonly WatchProblem[];
  /** One entry for each trigger whose reading is over. */
  readonly readings: readonly Reading[];
  triggers(): number;
  /** What is there now. */
  read(): Promise<Reading>;
  /** Resolves when the last reading is what is there now; nobody may change it meanwhile. */
  upToDate(): Promise<void>;
  close(): Promise<void>;
}

/** Files with their texts, then problems. */
export type Reading = readonly { readonly path: string; readonly text?: string; readonly code?: string }[];

export async function openScene(
  roots: readonly string[],
  prepare: (folder: string) => void,
  options: Partial<WatchOptions> = {},
): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'caddyctl-watch-'));
  prepare(folder);
  const paths = roots.map((root) => join(folder, root));
  const controller = new AbortController();
  const problems: WatchProblem[] = [];
  const readings: Reading[] = [];
  let triggers = 0;
  let reading = Promise.resolve();
  let onReading = (): void => {};

  async function read(): Promise<Reading> {
    const { sources, diagnostics } = await readSources(paths, { stdin: Readable.from([]) });
    return [
      ...sources.map(({ path, text }) => ({ path, text })),
      ...diagnostics.map(({ code, place }) => ({ path: place?.file.path ?? '', code })),
    ];
  }

  async function readAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    readings.push(await read());
    onReading();
  }

  const first = await read();
  const { closed } = await watchSources(paths, {
    ...options,
    onTrigger() {
      triggers++;
      reading = readAfter(reading);
    },
    onProblem: (problem) => problems.push(problem),
    signal: controller.signal,
  });

  return {
    folder,
    problems,
    readings,
    triggers: () => triggers,
    read,
    async upToDate() {
      const now = await read();
      while (!isEqual(readings.at(-1) ?? first, now)) {
        await new Promise<void>((resolve) => (onReading = resolve));
      }
    },
    async close() {
      controller.abort();
      await closed;
      await reading;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isEqual(one: Reading, other: Reading): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The process that makes the changes; told one at a time. */
export interface Editor {
  change(order: Order): Promise<Done>;
  close(): Promise<void>;
}

export function startEditor(): Editor {
  const child: ChildProcess = fork(new URL('watch-editor.ts', import.meta.url), { execArgv: [] });
  let busy: Promise<unknown> = Promise.resolve();
  const exited = once(child, 'exit');
  async function tell(order: Order): Promise<Done> {
    const answered = once(child, 'message');
    child.send(order);
    const [done] = (await Promise.race([answered, exited])) as [Done | number | null];
    if (typeof done !== 'object' || done === null) throw new Error(`the editor ended with ${done}`);
    return done;
  }
  return {
    async change(order) {
      const told = busy.then(async () => await tell(order));
      busy = told.catch(() => {});
      return await told;
    },
    async close() {
      child.kill();
      await exited;
    },
  };
}

/**
 * A writer that the machine held up for about the quiet period may be seen between two steps: such a round is not counted.
 * Once several files have changed, more patience is shown.
 */
export function wasHeldUp({ pauses }: Done): boolean {
  return pauses.some((pause, index) => pause > (index < 12 ? 15 : 60));
}
