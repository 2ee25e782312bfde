import { setTimeout as sleep } from 'node:timers/promises';
import { sitesOn } from '../policies.ts';
import type { Row } from '../row.ts';
import { inScenes, type Scene } from '../scene.ts';
import { quantile, timeUntil } from '../waiting.ts';

const stops = [5_000, 30_000];
const limitMs = 20_000;
/** A write from before would arrive within this. */
const watchMs = 2_000;

export const frozen: Row = {
  name: 'frozen',
  fault: 'SIGSTOP of Caddy for 5 and 30 s while revisions 1 and 2 are saved',
  mustHold: '2 serves, 100 of 100; revision 1 never after 2',
  async run(context) {
    const rounds = context.rounds(100);
    const broken: string[] = [];
    const times: number[] = [];
    let inFlight = 0;

    async function play(scene: Scene, shared: Iterable<number>): Promise<void> {
      await scene.startCaddy();
      await scene.write(sitesOn(scene.port, { a: 'begin' }));
      const daemon = scene.daemon();
      await daemon.said({ msg: 'policies applied' });
      for (const round of shared) await one(scene, round);
    }

    async function one(scene: Scene, round: number): Promise<void> {
      const random = context.random('frozen', round);
      // Longest first, so that all are done about together.
      const stopMs = (round <= rounds / 2 ? stops[1] : stops[0]) ?? 0;
      const [first, second] = [`r${round}-1`, `r${round}-2`];
      const save = (body: string): Promise<void> => scene.write(sitesOn(scene.port, { a: body }));
      const tell = (what: string): void => void broken.push(`round ${round}, ${stopMs / 1_000} s: ${what}`);
      // A series of saves would be paced.
      await sleep(2_100);
      const begun = performance.now();
      const { pid } = scene.caddy();
      if (round % 2 === 0) {
        process.kill(pid, 'SIGSTOP');
        await sleep(random(500));
        await save(first);
      } else {
        // The write of revision 1 is on its way when Caddy stops.
        const held = scene.proxy.hold('POST /config/apps', 'before');
        await save(first);
        const write = await held;
        process.kill(pid, 'SIGSTOP');
        write.release();
        inFlight++;
      }
      await sleep(random(stopMs - 1_000));
      await save(second);
      await sleep(Math.max(0, begun + stopMs - performance.now()));
      process.kill(pid, 'SIGCONT');
      const took = await timeUntil(limitMs, async () => (await scene.body('a.example.com')) === second);
      times.push(took ?? Infinity);
      if (took === undefined) return tell(`revision 2 does not serve ${limitMs / 1_000} s later`);
      const end = performance.now() + watchMs;
      while (performance.now() < end) {
        const body = await scene.body('a.example.com');
        if (body === first) return tell('revision 1 serves after 2');
        await sleep(10);
      }
    }

    await inScenes(context, { rounds, scenes: 16 }, play);
    const served = times.filter((each) => each !== Infinity);
    return {
      did: `${rounds} times, half for 30 s and half for 5 s, 16 Caddys at a time; in ${inFlight} the write of revision 1 was on its way`,
      held: `2 serves in ${served.length} of ${rounds}, ${Math.round(quantile(served, 0.5))} ms after SIGCONT in the median and ${Math.round(Math.max(...served))} ms at most`,
      broken,
      raw: { milliseconds: times },
    };
  },
};
