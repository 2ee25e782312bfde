import { setTimeout as sleep } from 'node:timers/promises';
import { sitesOn } from '../policies.ts';
import type { Context, Row } from '../row.ts';
import { appsOf, openScene, type Scene } from '../scene.ts';
import { come, quantile } from '../waiting.ts';

const sizes = [10, 1_000];
const perFile = 100;
/** A save that follows another one within 2 s waits for what else may come. */
const spacingMs = 2_100;

/** Milliseconds until the site serves it, each. */
interface Times {
  readonly saves: readonly number[];
  readonly posts: readonly number[];
  /** Until Caddy has answered the POST. */
  readonly answers: readonly number[];
}

export const saveToLive: Row = {
  name: 'save-to-live',
  fault: 'none: from save to live, beside a bare POST of the same JSON',
  mustHold: 'told',
  async run(context) {
    const rounds = context.rounds(50);
    const times = new Map<number, Times>();
    for (const size of sizes) times.set(size, await measure(context, size, rounds));
    const told = [...times].map(
      ([size, { saves, posts, answers }]) =>
        `${size} routes: save ${summary(saves)} ms, POST ${summary(posts)} ms (its answer ${summary(answers)} ms)`,
    );
    return {
      did: `${rounds} saves ${spacingMs} ms apart and ${rounds} POSTs, at ${sizes.join(' and ')} routes of a host each`,
      held: `median / p99 until it serves, ${told.join('; ')}`,
      broken: [],
      raw: Object.fromEntries(times),
    };
  },
};

async function measure(context: Context, size: number, rounds: number): Promise<Times> {
  const scene = await openScene(context);
  try {
    await scene.startCaddy();
    for (let file = 0; file * perFile < size; file++) await save(scene, size, file, 'begin');
    const daemon = scene.daemon();
    await daemon.said({ msg: 'policies applied' });
    const saves: number[] = [];
    const configs: { readonly body: string; readonly apps: string }[] = [];
    for (let round = 1; round <= rounds; round++) {
      await sleep(spacingMs);
      const body = `r${round}`;
      const before = daemon.lines();
      saves.push(await timeTo(scene, body, () => save(scene, size, 0, body)));
      configs.push({ body, apps: await appsOf(scene) });
      // From the end of its pass on.
      await daemon.said({ msg: 'policies applied' }, before);
    }
    await daemon.end();
    const posts: number[] = [];
    const answers: number[] = [];
    for (const { body, apps } of configs) {
      await sleep(200);
      const begun = performance.now();
      let answered = 0;
      const post = async (): Promise<void> => {
        await scene.caddy().admin('POST', '/config/apps', apps);
        answered = performance.now() - begun;
      };
      posts.push(await timeTo(scene, body, post));
      answers.push(answered);
    }
    return { saves, posts, answers };
  } finally {
    await scene.stop();
  }
}

async function timeTo(scene: Scene, body: string, act: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  const [took] = await Promise.all([
    come(30_000, `${body} serves`, async () =>
      (await scene.body('s0.example.com')) === body ? performance.now() - begun : undefined,
    ),
    act(),
  ]);
  return took;
}

/** The first site of a file is the one that changes. */
async function save(scene: Scene, size: number, file: number, body: string): Promise<void> {
  const numbers = Array.from(
    { length: Math.min(perFile, size - file * perFile) },
    (_, index) => file * perFile + index,
  );
  const first = numbers[0];
  const bodies = numbers.map((number) => [`s${number}`, number === first ? body : 'same'] as const);
  await scene.write(sitesOn(scene.port, Object.fromEntries(bodies)), `f${file}.yaml`);
}

function summary(times: readonly number[]): string {
  return `${quantile(times, 0.5).toFixed(0)} / ${quantile(times, 0.99).toFixed(0)}`;
}
