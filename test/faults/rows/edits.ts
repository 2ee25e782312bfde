import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../support/random.ts';
import { sitesOn } from '../policies.ts';
import type { Row } from '../row.ts';
import { inScenes, type Scene } from '../scene.ts';
import { timeUntil } from '../waiting.ts';

const edits = 500;
const lastingMs = 10_000;
const mostLoads = 5;
const limitMs = 2_500;

/** When to save, in order: milliseconds from the begin. */
function timesOf(random: Random, isEven: boolean): number[] {
  const at = (index: number): number => (isEven ? (index * lastingMs) / edits : random(lastingMs));
  return Array.from({ length: edits }, (_, index) => at(index)).toSorted((a, b) => a - b);
}

export const manyEdits: Row = {
  name: 'edits',
  fault: `${edits} edits in ${lastingMs / 1_000} s`,
  mustHold: `at most ${mostLoads} loads, the last one live within ${limitMs / 1_000} s`,
  async run(context) {
    const rounds = context.rounds(8);
    const broken: string[] = [];
    const loads: number[] = [];
    const times: number[] = [];

    async function play(scene: Scene, shared: Iterable<number>): Promise<void> {
      await scene.startCaddy();
      await scene.write(sitesOn(scene.port, { a: 'begin' }));
      const daemon = scene.daemon();
      await daemon.said({ msg: 'policies applied' });
      for (const round of shared) {
        await sleep(2_000);
        await one(scene, round);
      }
    }

    async function one(scene: Scene, round: number): Promise<void> {
      const before = scene.taken();
      const begun = performance.now();
      for (const [index, at] of timesOf(context.random('edits', round), round % 2 === 0).entries()) {
        await sleep(Math.max(0, begun + at - performance.now()));
        await scene.write(sitesOn(scene.port, { a: `r${round}-${index + 1}` }));
      }
      const last = `r${round}-${edits}`;
      const took = await timeUntil(30_000, async () => (await scene.body('a.example.com')) === last);
      await sleep(1_000);
      const count = scene.taken() - before;
      loads.push(count);
      times.push(took ?? Infinity);
      if (count > mostLoads) broken.push(`round ${round}: ${count} loads`);
      if (took === undefined || took > limitMs)
        broken.push(`round ${round}: the last one live after ${took ?? '∞'} ms`);
    }

    await inScenes(context, { rounds, scenes: 2 }, play);
    return {
      did: `${rounds} times, the edits evenly spread or at random moments`,
      held: `${Math.min(...loads)} to ${Math.max(...loads)} loads, the last one live after at most ${Math.round(Math.max(...times))} ms`,
      broken,
      raw: { loads, milliseconds: times },
    };
  },
};
