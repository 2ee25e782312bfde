import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sitesOn } from '../policies.ts';
import type { Context, Row } from '../row.ts';
import { inScenes, openScene, type Scene, together } from '../scene.ts';
import { quantile, timeUntil, within } from '../waiting.ts';

const settleMs = 20_000;
/** Nobody writes for so long: the round is over. */
const quietMs = 1_000;
const mostWrites = 12;

interface Tally {
  acknowledged: number;
  readonly writes: number[];
  readonly times: number[];
  readonly broken: string[];
}

export const twoWriters: Row = {
  name: 'two-writers',
  fault: 'two daemons of one owner, and a hand edit',
  mustHold: '0 acknowledged writes lost, no endless fight',
  async run(context) {
    const rounds = context.rounds(200);
    const fights = context.rounds(10);
    const tally: Tally = { acknowledged: 0, writes: [], times: [], broken: [] };
    const toTheEnd: number[] = [];
    await inScenes(context, { rounds, scenes: 6 }, async (scene, shared) => {
      await begin(scene);
      const known: string[] = [];
      for (const round of shared) await one(context, scene, round, known, tally);
    });
    await together(Math.min(fights, 5), async (lane) => {
      for (let fight = lane; fight < fights; fight += 5) toTheEnd.push(await fightOut(context, tally.broken));
    });
    const { acknowledged, writes, times, broken } = tally;
    return {
      did: `${rounds} rounds of two daemons of the same policies: a save, an edit of others' part, and in each second an edit of ours, within 300 ms; ${fights} rounds of two with other policies`,
      held: `${acknowledged} acknowledged edits all there, at most ${Math.max(...writes)} writes a round, right after ${Math.round(quantile(times, 0.5))} ms in the median and ${Math.round(Math.max(...times))} ms at most; fights over after at most ${Math.max(...toTheEnd)} writes`,
      broken,
      raw: { acknowledged, writes, milliseconds: times, fights: toTheEnd },
    };
  },
};

async function begin(scene: Scene): Promise<void> {
  const foreign = { listen: [`unix/${join(scene.folder, 'f')}`], routes: [] };
  await scene.startCaddy({ apps: { http: { servers: { foreign } } } });
  await scene.write(sitesOn(scene.port, { a: 'begin' }));
  const one = scene.daemon();
  await one.said({ msg: 'policies applied' });
  const two = scene.daemon();
  await two.said({ msg: 'nothing to apply' });
}

async function one(context: Context, scene: Scene, round: number, known: string[], tally: Tally): Promise<void> {
  const random = context.random('two-writers', round);
  const tell = (what: string): void => void tally.broken.push(`round ${round}: ${what}`);
  const before = scene.proxy.writes().length;
  const body = `r${round}`;
  const acts = [
    () => scene.write(sitesOn(scene.port, { a: body })),
    async () => {
      const isDone = await edit(scene, 'POST', 'foreign/routes', answering(`f${round}`));
      if (isDone) known.push(`f${round}`);
      tally.acknowledged += Number(isDone);
    },
    async () => {
      if (round % 2 === 0) await edit(scene, 'PATCH', `${ourServer(scene)}/routes`, [answering('edited')]);
    },
  ];
  const at = acts.map(() => random(300));
  await Promise.all(acts.map(async (act, index) => (await sleep(at[index]), await act())));
  const took = await timeUntil(settleMs, async () => (await scene.body('a.example.com')) === body);
  tally.times.push(took ?? Infinity);
  if (took === undefined) tell('what was saved last does not serve');
  const isQuiet = await within(settleMs, async () => {
    const count = scene.proxy.writes().length;
    await sleep(quietMs);
    return scene.proxy.writes().length === count || undefined;
  });
  if (isQuiet === undefined) tell('the fight goes on');
  if ((await scene.body('a.example.com')) !== body) tell('what was saved last does not serve any more');
  const writes = scene.proxy.writes().length - before;
  tally.writes.push(writes);
  if (writes > mostWrites) tell(`${writes} writes`);
  const config = await scene.config();
  const lost = known.filter((each) => !config.includes(`"body":"${each}"`));
  if (lost.length > 0) tell(`acknowledged and lost: ${lost.join(' ')}`);
}

/** How many writes there were when one of them gave up. */
async function fightOut(context: Context, broken: string[]): Promise<number> {
  const scene = await openScene(context);
  const other = await openScene(context);
  try {
    await scene.startCaddy();
    await scene.write(sitesOn(scene.port, { a: 'one' }));
    await other.write(sitesOn(scene.port, { b: 'other' }));
    const one = scene.daemon();
    await one.said({ msg: 'policies applied' });
    const two = other.daemon('--admin', scene.proxy.address, '--max-delete', '100%');
    const loud = { level: 'error', outcome: 'withheld' };
    await Promise.race([one.said(loud), two.said(loud)]);
    await sleep(3_000);
    const writes = scene.proxy.writes().length;
    await sleep(5_000);
    if (scene.proxy.writes().length !== writes) broken.push('two daemons with other policies fight on');
    return writes;
  } finally {
    await other.stop();
    await scene.stop();
  }
}

/** Past the daemons. Whether it was acknowledged. */
async function edit(scene: Scene, method: string, place: string, value: unknown): Promise<boolean> {
  const path = `/config/apps/http/servers/${place}`;
  const answer = await scene
    .caddy()
    .admin(method, path, JSON.stringify(value))
    .catch(() => undefined);
  return answer?.status === 200;
}

function ourServer({ port }: Scene): string {
  return `caddyctl-default-127.0.0.1-${port}`;
}

function answering(body: string): object {
  return { handle: [{ handler: 'static_response', body }] };
}
