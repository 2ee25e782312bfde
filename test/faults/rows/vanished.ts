import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../../support/random.ts';
import { inMountsOf, mounted, noMounts } from '../mounts.ts';
import { sitesOn } from '../policies.ts';
import type { Row } from '../row.ts';
import { type Daemon, inScenes, type Scene } from '../scene.ts';

const sites = 20;
/** `--max-delete` by default: with less, what is left of a file is an edit like any other. */
const mayGo = 0.3;

/** Does harm to the policies; gives the way to undo it. */
type Harm = (scene: Scene, random: Random) => Promise<() => Promise<void>>;

const harms: Readonly<Record<string, Harm>> = {
  async 'directory emptied'(scene) {
    const folder = policies(scene);
    for (const name of await readdir(folder)) await rm(join(folder, name));
    return () => fill(scene, folder);
  },
  async 'directory removed'(scene) {
    await rename(policies(scene), join(scene.folder, 'away'));
    return () => rename(join(scene.folder, 'away'), policies(scene));
  },
  async 'file cut at a line boundary'(scene, random) {
    const path = join(policies(scene), 'all.yaml');
    const lines = textOf(scene).split('\n');
    const left = 1 + random(Math.floor(sites * (1 - mayGo)) - 1);
    await writeFile(path, `${lines.slice(0, left).join('\n')}\n`);
    return () => fill(scene, policies(scene));
  },
};

export const vanished: Row = {
  name: 'vanished',
  fault: 'directory emptied, unmounted, file cut at a line boundary',
  mustHold: '0 pushes in 100',
  async run(context) {
    const rounds = { unmounted: context.rounds(25), other: context.rounds(75) };
    const names = Object.keys(harms);
    const broken: string[] = [];
    const done = new Map<string, number>();

    async function one(scene: Scene, daemon: Daemon, name: string, harm: Harm, round: number): Promise<void> {
      const before = { writes: scene.loads(), lines: daemon.lines() };
      const undo = await harm(scene, context.random('vanished', round));
      await daemon.said({ msg: 'policies not applied' }, before.lines);
      const lost = await lostSites(scene);
      if (lost.length > 0) broken.push(`round ${round}, ${name}: ${lost.length} sites lost`);
      const mended = daemon.lines();
      await undo();
      await daemon.said({ msg: 'nothing to apply' }, mended);
      if (scene.loads() !== before.writes)
        broken.push(`round ${round}, ${name}: ${scene.loads() - before.writes} pushes`);
      done.set(name, (done.get(name) ?? 0) + 1);
    }

    const unmountable = await noMounts();
    const played = [
      inScenes(context, { rounds: rounds.other, scenes: 4 }, async (scene, shared) => {
        await scene.startCaddy();
        await fill(scene, policies(scene));
        const daemon = scene.daemon();
        await daemon.said({ msg: 'policies applied' });
        for (const round of shared) {
          const name = names[round % names.length] ?? '';
          const harm = harms[name];
          if (harm !== undefined) await one(scene, daemon, name, harm, round);
        }
      }),
    ];
    if (unmountable === undefined) {
      played.push(
        inScenes(context, { rounds: rounds.unmounted, scenes: 4 }, async (scene, shared) => {
          const daemon = await startMounted(scene);
          const unmount: Harm = async () => {
            await inMountsOf(daemon.run, 'umount', '-l', policies(scene));
            return () => inMountsOf(daemon.run, 'mount', '--bind', disk(scene), policies(scene));
          };
          for (const round of shared) await one(scene, daemon, 'unmounted', unmount, round);
        }),
      );
    }
    for (const each of await Promise.allSettled(played)) if (each.status === 'rejected') throw each.reason;
    const total = [...done.values()].reduce((sum, count) => sum + count, 0);
    return {
      did: `${[...done].map(([name, count]) => `${name} ${count} times`).join(', ')}; cut so that more than --max-delete of the routes would go`,
      held: `0 pushes in ${total}, all ${sites} sites served, each one told`,
      broken,
      skipped: unmountable === undefined ? [] : [`unmounted: not done, ${unmountable}`],
      raw: { done: Object.fromEntries(done) },
    };
  },
};

function policies({ folder }: Scene): string {
  return join(folder, 'policies');
}

/** What is mounted there. */
function disk({ folder }: Scene): string {
  return join(folder, 'disk');
}

async function startMounted(scene: Scene): Promise<Daemon> {
  await scene.startCaddy();
  await mkdir(disk(scene));
  await fill(scene, disk(scene));
  const daemon = scene.daemonWith({ under: mounted(`mount --bind ${disk(scene)} ${policies(scene)}`) });
  await daemon.said({ msg: 'policies applied' });
  return daemon;
}

function textOf({ port }: Scene): string {
  return sitesOn(port, Object.fromEntries(Array.from({ length: sites }, (_, site) => [`s${site}`, `b${site}`])));
}

async function fill(scene: Scene, folder: string): Promise<void> {
  await writeFile(join(folder, 'all.yaml'), textOf(scene));
}

async function lostSites(scene: Scene): Promise<number[]> {
  const numbers = Array.from({ length: sites }, (_, site) => site);
  const bodies = await Promise.all(numbers.map((site) => scene.body(`s${site}.example.com`)));
  return numbers.filter((site) => bodies[site] !== `b${site}`);
}
