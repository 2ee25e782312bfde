import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WatchOptions } from '../../src/files/watch.ts';
import { openScene, startEditor, type Editor, wasHeldUp } from './watch-scene.ts';
import { roundOf, textOf, ways } from './watch-ways.ts';

/** A campaign: `CADDYCTL_LONG=1` for the whole. */
const rounds = process.env['CADDYCTL_LONG'] === '1' ? 20 : 8;
// What takes long must not keep the others waiting.
const large = Object.keys(ways).filter((name) => name.includes('00 files'));
let editors: { readonly small: Editor; readonly large: Editor };

beforeAll(() => {
  editors = { small: startEditor(), large: startEditor() };
});

afterAll(async () => {
  await Promise.all([editors.small.close(), editors.large.close()]);
});

/** `rounds` changes that were not held up: one trigger each, none missed, no text that is not whole. */
async function changeAgainAndAgain(name: string, options: Partial<WatchOptions>): Promise<void> {
  const way = ways[name];
  const editor = large.includes(name) ? editors.large : editors.small;
  const scene = await openScene(
    [way?.root ?? 'policies', 'sentinel'],
    (folder) => {
      mkdirSync(join(folder, 'sentinel'));
      way?.prepare(folder);
    },
    // However long a busy machine takes for a thousand files.
    { ...options, longestWaitMs: 60_000 },
  );
  const uncounted = new Set<number>();
  let extra = 0;
  let flushes = 0;
  async function flush(): Promise<void> {
    const path = join(scene.folder, 'sentinel/s.yaml');
    writeFileSync(path, textOf(++flushes, path));
    await scene.upToDate();
  }
  try {
    for (let round = 1; round <= rounds + uncounted.size; round++) {
      const before = scene.triggers();
      const done = await editor.change({ way: name, scene: scene.folder, round });
      await scene.upToDate();
      if (!wasHeldUp(done)) {
        expect(scene.triggers(), `triggers after round ${round}`).toBe(before + 1);
      } else {
        uncounted.add(round);
        await flush();
        extra += scene.triggers() - before - 2;
      }
    }
    await flush();
    // A trigger too many, from whichever round, is among them by now.
    expect(scene.triggers()).toBe(rounds + uncounted.size + extra + flushes);
    const texts = scene.readings.flat().flatMap(({ text }) => (text === undefined ? [] : [text]));
    const torn = texts.filter((text) => roundOf(text) === undefined && !isOf(uncounted, text));
    expect(torn).toEqual([]);
    expect(scene.problems).toEqual([]);
  } finally {
    await scene.close();
  }
}

function isOf(uncounted: ReadonlySet<number>, torn: string): boolean {
  const round = /^# begin (\d+)\n/.exec(torn)?.[1];
  return round === undefined ? uncounted.size > 0 : uncounted.has(Number(round));
}

// Nearly all of the time is waiting. No sweep where the system tells of changes: that alone must do.
describe.concurrent('20 changes, 20 triggers', () => {
  test.for(Object.keys(ways))('%s', { timeout: 120_000 }, async (name) => {
    await changeAgainAndAgain(name, { sweepMs: 3_600_000 });
  });

  const small = Object.keys(ways).filter((name) => !large.includes(name));
  test.for(small)('%s, polling', { timeout: 120_000 }, async (name) => {
    await changeAgainAndAgain(name, { poll: true });
  });
});
