import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { http1 } from '../../support/client/http1.ts';
import { mistakes } from '../mistakes.ts';
import type { Row } from '../row.ts';
import { type Daemon, inScenes, type Scene } from '../scene.ts';
import { come, within } from '../waiting.ts';

const files = 50;
const paths = ['/', '/x', '/y/z'];

export const badFile: Row = {
  name: 'bad-file',
  fault: `1 bad file among ${files}`,
  mustHold: '0 routes lost, the message names it',
  async run(context) {
    const rounds = context.rounds(200);
    const names = Object.keys(mistakes);
    const broken: string[] = [];
    let [asked, told, moved] = [0, 0, 0];

    async function play(scene: Scene, shared: Iterable<number>, index: number): Promise<void> {
      const holds = index % 2 === 1;
      const daemon = await begin(scene, holds);
      for (const round of shared) {
        const name = names[round % names.length] ?? '';
        const done = await one(scene, daemon, name, round, holds);
        asked += done.asked;
        told += Number(done.told);
        moved += Number(holds);
        broken.push(...done.broken.map((each) => `round ${round}, ${name}: ${each}`));
      }
    }

    async function one(scene: Scene, daemon: Daemon, name: string, round: number, holds: boolean) {
      const random = context.random('bad-file', round);
      const number = random(files);
      const path = pathOf(scene, number);
      const other = (number + 1 + random(files - 1)) % files;
      const before = { lines: daemon.lines(), taken: scene.taken() };
      const problems: string[] = [];
      await mistakes[name]?.(path, textOf(scene, number), random);
      const told = await within(15_000, () =>
        daemon
          .since(before.lines)
          .find(({ msg, place }) => msg === 'diagnostic' && String(place).startsWith(`${path}:`)),
      );
      if (told === undefined) problems.push('no message names the file');
      if (holds) {
        // The others move on.
        await writeFile(pathOf(scene, other), textOf(scene, other, `r${round}`));
        await come(
          15_000,
          'another file is served',
          async () => (await bodyOf(scene, other, '/')) === `r${round}` || undefined,
        );
        await writeFile(pathOf(scene, other), textOf(scene, other));
        await come(
          15_000,
          'another file is served',
          async () => (await bodyOf(scene, other, '/')) === 'root' || undefined,
        );
      } else if (scene.taken() !== before.taken) problems.push('something was loaded');
      const lost = await lostRoutes(scene);
      if (lost.length > 0) problems.push(`routes lost: ${lost.join(' ')}`);
      const mended = daemon.lines();
      await rm(path);
      await rename(await spare(scene, number), path);
      await daemon.said({ msg: 'nothing to apply' }, mended);
      return { asked: files * paths.length, told: told !== undefined, broken: problems };
    }

    await inScenes(context, { rounds, scenes: 4 }, play);
    return {
      did: `${rounds} cases of ${names.length} kinds of mistake; in ${moved} of them with --on-error hold-file and another file saved meanwhile`,
      held: `${told} of ${rounds} named, ${asked} requests to all routes right`,
      broken,
      raw: { rounds, kinds: names, named: told, requests: asked, holdFile: moved },
    };
  },
};

async function begin(scene: Scene, holds: boolean): Promise<Daemon> {
  await scene.startCaddy();
  for (let number = 0; number < files; number++) await writeFile(pathOf(scene, number), textOf(scene, number));
  const daemon = scene.daemon(...(holds ? ['--on-error', 'hold-file'] : []));
  await daemon.said({ msg: 'policies applied' });
  return daemon;
}

function pathOf(scene: Scene, number: number): string {
  return join(scene.folder, 'policies', `f${number}.yaml`);
}

function textOf(scene: Scene, number: number, root = 'root'): string {
  return `sites:
  s${number}.example.com:
    listen: '127.0.0.1:${scene.port}'
    tls: off
    routes:
      /: { respond: ${root} }
      /x: { respond: x${number} }
      /y: { respond: y${number} }
`;
}

/** Where nobody looks, so that it comes back whole. */
async function spare(scene: Scene, number: number): Promise<string> {
  const path = join(scene.folder, 'spare');
  await writeFile(path, textOf(scene, number));
  return path;
}

async function bodyOf({ port }: Scene, number: number, path: string): Promise<string | undefined> {
  const answer = await http1({ host: `s${number}.example.com`, port }, { path }).catch(() => undefined);
  return answer?.status === 200 ? answer.body : undefined;
}

async function lostRoutes(scene: Scene): Promise<string[]> {
  const lost: string[] = [];
  for (let number = 0; number < files; number++) {
    const bodies = await Promise.all(paths.map((path) => bodyOf(scene, number, path)));
    const right = ['root', `x${number}`, `y${number}`];
    lost.push(...paths.filter((_, index) => bodies[index] !== right[index]).map((path) => `s${number}${path}`));
  }
  return lost;
}
