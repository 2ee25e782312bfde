import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../support/fault-proxy.ts';
import { sitesOn } from '../policies.ts';
import type { Row } from '../row.ts';
import { type Daemon, inScenes, type Scene } from '../scene.ts';

const write = 'POST /config/apps';

const faults: readonly Fault[] = [
  'reset before the body',
  'reset in the body',
  'request lost',
  'answer lost',
  'silence',
  'garbage',
  'gateway time-out',
  'late',
];

export const brokenWrites: Row = {
  name: 'broken-writes',
  fault: 'connection reset before, in and after the body; a reply held back',
  mustHold: 'outcome read back; at most 1 load more',
  async run(context) {
    const rounds = context.rounds(200);
    const broken: string[] = [];
    const loads: number[] = [];

    async function play(scene: Scene, shared: Iterable<number>): Promise<void> {
      await scene.startCaddy();
      await scene.write(sitesOn(scene.port, { a: 'begin' }));
      const daemon = scene.daemon('--timeout', '1s');
      await daemon.said({ msg: 'policies applied' });
      for (const round of shared) await one(scene, daemon, round);
    }

    async function one(scene: Scene, daemon: Daemon, round: number): Promise<void> {
      const fault = faults[round % faults.length] ?? 'silence';
      const tell = (what: string): void => void broken.push(`round ${round}, ${fault}: ${what}`);
      const before = { taken: scene.taken(), lines: daemon.lines() };
      scene.proxy.on(write, fault, 1);
      await scene.write(sitesOn(scene.port, { a: `r${round}` }));
      await daemon.said({ msg: 'policies applied' }, before.lines);
      if (fault === 'late') {
        const statuses = await scene.proxy.deliverLate();
        if (statuses.some((status) => status !== 412)) tell(`what came late was answered with ${statuses.join(' ')}`);
      }
      if ((await scene.body('a.example.com')) !== `r${round}`) tell('it says applied, and something else serves');
      const more = (await scene.takenAfter(before.taken + 1)) - before.taken - 1;
      loads.push(more);
      if (more > 1) tell(`${more} loads more`);
      // A pass that undoes or repeats would be told of by now.
      await sleep(200);
      const after = daemon.since(before.lines).filter(({ msg }) => msg === 'drift healed');
      if (after.length > 0) tell('it took its own write for drift');
    }

    await inScenes(context, { rounds, scenes: 8 }, play);
    const more = loads.reduce((sum, each) => sum + each, 0);
    return {
      did: `${rounds} writes, each broken in one of ${faults.length} ways`,
      held: `${loads.length} outcomes read back, ${more} loads more in all`,
      broken,
      raw: { faults, rounds, loadsMore: loads },
    };
  },
};
