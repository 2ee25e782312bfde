import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../support/random.ts';
import { startFront, type Front, type Manner } from '../front.ts';
import { sitesOn } from '../policies.ts';
import type { Row } from '../row.ts';
import { type Daemon, inScenes, type Scene } from '../scene.ts';
import { quantile, timeUntil } from '../waiting.ts';

const limitMs = 2_000;
/** A load too many would come within this. */
const watchMs = 1_000;

interface Stage {
  readonly scene: Scene;
  readonly front: Front;
  daemon: Daemon;
}

/** Takes Caddy away, and resolves when it is back; gives how many loads there were before that. */
type Comeback = (stage: Stage, body: string, random: Random) => Promise<number>;

interface Way {
  readonly come: Comeback;
  /** The policy is another one afterwards. */
  readonly isSaved: boolean;
}

const ways: Readonly<Record<string, Way>> = {
  'absent at the start': {
    isSaved: true,
    async come(stage, body, random) {
      const { scene, front } = stage;
      await stage.daemon.end();
      await scene.killCaddy();
      await save(scene, body);
      stage.daemon = start(scene, front);
      await stage.daemon.said({ msg: 'Caddy cannot be asked' });
      await sleep(random(3_000));
      return await startBlank(scene);
    },
  },
  'restarted blank': {
    isSaved: false,
    async come({ scene }, _, random) {
      await scene.killCaddy();
      await sleep(random(3_000));
      return await startBlank(scene);
    },
  },
  'restarted blank, and a save meanwhile': {
    isSaved: true,
    async come({ scene }, body, random) {
      await scene.killCaddy();
      await sleep(random(1_500));
      await save(scene, body);
      await sleep(random(1_500));
      return await startBlank(scene);
    },
  },
  'crash-looping': {
    isSaved: false,
    async come({ scene }, _, random) {
      for (let crash = 0; crash < 4; crash++) {
        await scene.startCaddy();
        await sleep(random(700));
      }
      return await startBlank(scene);
    },
  },
  'the port answers 500': becoming('error 500'),
  'the port answers garbage': becoming('garbage'),
  'the port answers nothing': becoming('nothing'),
  'the port resets': becoming('resets'),
};

/** Caddy runs on behind it, and a file is saved meanwhile. */
function becoming(manner: Manner): Way {
  return {
    isSaved: true,
    async come({ scene, front }, body, random) {
      front.become(manner);
      await sleep(random(500));
      await save(scene, body);
      await sleep(500 + random(3_000));
      const before = scene.taken();
      front.become('through');
      return before;
    },
  };
}

async function startBlank(scene: Scene): Promise<number> {
  const before = scene.taken();
  await scene.startCaddy();
  return before;
}

async function save(scene: Scene, body: string): Promise<void> {
  await scene.write(sitesOn(scene.port, { a: body }));
}

function start(scene: Scene, front: Front): Daemon {
  return scene.daemon('--admin', front.address);
}

export const caddyAway: Row = {
  name: 'caddy-away',
  fault: 'Caddy absent, restarted blank, crash-looping; admin port answering 500, garbage, nothing',
  mustHold: `back within ${limitMs / 1_000} s of its return, exactly 1 load`,
  async run(context) {
    const names = Object.keys(ways);
    const rounds = context.rounds(20) * names.length;
    const broken: string[] = [];
    const times = new Map<string, number[]>(names.map((name) => [name, []]));

    async function play(scene: Scene, shared: Iterable<number>): Promise<void> {
      const front = await startFront(scene.proxy.address);
      await scene.startCaddy();
      const stage: Stage = { scene, front, daemon: start(scene, front) };
      try {
        for (const round of shared) await one(stage, names[round % names.length] ?? '', round);
      } finally {
        await front.stop();
      }
    }

    async function one(stage: Stage, name: string, round: number): Promise<void> {
      const way = ways[name];
      if (way === undefined) throw new Error(name);
      const { scene } = stage;
      const [first, second] = [`r${round}`, `s${round}`];
      await save(scene, first);
      await scene.serves('a.example.com', first);
      // A series of saves would be paced.
      await sleep(2_000);
      const before = await way.come(stage, second, context.random('caddy-away', round));
      const wanted = way.isSaved ? second : first;
      const took = await timeUntil(30_000, async () => (await scene.body('a.example.com')) === wanted);
      await sleep(watchMs);
      const loads = scene.taken() - before;
      const tell = (what: string): void => void broken.push(`round ${round}, ${name}: ${what}`);
      times.get(name)?.push(took ?? Infinity);
      if (took === undefined || took > limitMs)
        tell(`back after ${took === undefined ? 'more than 30 s' : Math.round(took)} ms`);
      if (loads !== 1) tell(`${loads} loads`);
    }

    await inScenes(context, { rounds, scenes: 8 }, play);
    const all = [...times.values()].flat();
    return {
      did: `${rounds / names.length} times each of ${names.length} ways`,
      held: `back after ${Math.round(quantile(all, 0.5))} ms in the median, ${Math.round(Math.max(...all))} ms at most; 1 load each`,
      broken,
      raw: { milliseconds: Object.fromEntries(times) },
    };
  },
};
