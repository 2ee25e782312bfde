import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSources } from '../../../src/files/read.ts';
import { type Editor, startEditor, wasHeldUp } from '../../files/watch-scene.ts';
import { textOf, ways } from '../../files/watch-ways.ts';
import type { Context, Row } from '../row.ts';
import { type Daemon, openScene, type Scene, together } from '../scene.ts';
import { come, within } from '../waiting.ts';

/** Sites that stay, so that what comes and goes is never most of them. */
const lasting = 60;
const lanes = 8;
/** A change that comes sooner after another one is kept back with it. */
const spacingMs = 2_100;

interface Burst {
  readonly pushes: number;
  readonly expected: number;
  readonly isRight: boolean;
  readonly wasHeldUp: boolean;
}

export const saves: Row = {
  name: 'saves',
  fault: `each of ${Object.keys(ways).length} ways of saving`,
  mustHold: '0 intermediate pushes, exactly 1 push per burst, 0 missed',
  async run(context) {
    const rounds = context.rounds(20);
    const names = Object.keys(ways);
    const broken: string[] = [];
    const bursts = new Map<string, Burst[]>();
    const waiting = [...names];

    async function lane(): Promise<void> {
      const editor = startEditor();
      try {
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
          bursts.set(name, await saveAgainAndAgain(context, editor, name, rounds));
        }
      } finally {
        await editor.close();
      }
    }

    await together(lanes, lane);
    for (const [name, all] of bursts) {
      const counted = all.filter((burst) => !burst.wasHeldUp);
      const surplus = counted.filter(({ pushes, expected }) => pushes > expected).length;
      const missed = counted.filter(({ isRight }) => !isRight).length;
      if (surplus > 0) broken.push(`${name}: ${surplus} bursts with a push too many`);
      if (missed > 0) broken.push(`${name}: ${missed} bursts whose end is not live`);
    }
    const all = [...bursts.values()].flat();
    const heldUp = all.filter((burst) => burst.wasHeldUp).length;
    const pushes = all.reduce((sum, burst) => sum + burst.pushes, 0);
    const silent = all.filter(({ expected }) => expected === 0).length;
    return {
      did: `${rounds} bursts in each of ${names.length} ways; ${heldUp} more in which the machine held the writer up`,
      held: `${pushes} pushes for ${all.length - silent} bursts, none for ${silent} that came to nothing new or to a missing root`,
      broken,
      raw: { bursts: Object.fromEntries(bursts) },
    };
  },
};

async function saveAgainAndAgain(context: Context, editor: Editor, name: string, rounds: number): Promise<Burst[]> {
  const way = ways[name];
  if (way === undefined) throw new Error(name);
  const scene = await openScene(context);
  try {
    // Beside the daemon's HOME, which is written to as well.
    const files = join(scene.folder, 'files');
    await mkdir(files);
    way.prepare(files);
    const base = join(scene.folder, 'policies');
    for (let number = 0; number < lasting; number++) {
      const path = join(base, `${number}.yaml`);
      await writeFile(path, textOf(0, path));
    }
    const roots = [base, join(files, way.root ?? 'policies')];
    await scene.startCaddy();
    const daemon = start(scene, roots);
    await daemon.said({ msg: 'watching' });
    await come(20_000, 'a first pass', () => daemon.since(0).find(({ outcome }) => outcome !== undefined));
    const bursts: Burst[] = [];
    for (let round = 1, counted = 0; counted < rounds && round <= 2 * rounds + 10; round++) {
      await sleep(spacingMs);
      const before = { lines: daemon.lines(), taken: scene.taken(), bodies: await bodiesIn(scene) };
      const done = await editor.change({ way: name, scene: files, round });
      const wanted = await bodiesOf(roots);
      const expected = wanted === undefined || wanted === before.bodies ? 0 : 1;
      const isRight =
        expected === 0
          ? await endOfPass(daemon, before.lines)
          : (await within(20_000, async () => ((await bodiesIn(scene)) === wanted ? true : undefined))) === true;
      // One too many may be on its way.
      await sleep(300);
      const isStill = expected === 0 ? (await bodiesIn(scene)) === before.bodies : (await bodiesIn(scene)) === wanted;
      const pushes = scene.taken() - before.taken;
      bursts.push({ pushes, expected, isRight: isRight && isStill, wasHeldUp: wasHeldUp(done) });
      counted += Number(!wasHeldUp(done));
    }
    return bursts;
  } finally {
    await scene.stop();
  }
}

function start(scene: Scene, roots: readonly string[]): Daemon {
  const flags = ['--max-delete', '100%', '--log-level', 'debug'];
  return scene.daemonWith({ paths: roots, flags, env: { PORT: `${scene.port}` } });
}

/** That a pass has seen the change, where nothing is to be pushed. */
async function endOfPass(daemon: Daemon, since: number): Promise<boolean> {
  const ended = await within(20_000, () =>
    daemon.since(since).find(({ msg, outcome }) => msg !== 'admin call' && outcome !== undefined),
  );
  return ended !== undefined;
}

/** What the sites answer, by what the files say; undefined where a root is missing. */
async function bodiesOf(roots: readonly string[]): Promise<string | undefined> {
  const noInput: AsyncIterable<string> = {
    async *[Symbol.asyncIterator]() {
      yield* [];
    },
  };
  const { sources, diagnostics } = await readSources(roots, { stdin: noInput });
  if (diagnostics.some(({ severity }) => severity === 'error')) return undefined;
  return bodies(sources.map(({ text }) => text).join('\n'));
}

/** What Caddy answers, by its config. */
async function bodiesIn(scene: Scene): Promise<string> {
  return bodies(await scene.config());
}

function bodies(text: string): string {
  return [...text.matchAll(/(?:respond: |"body":")(w[0-9a-f]{12}-\d+)/g)]
    .map(([, body = '']) => body)
    .toSorted()
    .join(' ');
}
