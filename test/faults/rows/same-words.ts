import { pick, type Random } from '../../support/random.ts';
import type { Row } from '../row.ts';
import { type Daemon, inScenes, type Scene } from '../scene.ts';
import { come } from '../waiting.ts';

const restartEvery = 5;

export const sameWords: Row = {
  name: 'same-words',
  fault: 'comments, key order, a restart of caddyctl',
  mustHold: '0 loads',
  async run(context) {
    const rounds = context.rounds(200);
    const broken: string[] = [];
    let restarts = 0;
    let writes = 0;

    async function play(scene: Scene, shared: Iterable<number>): Promise<void> {
      await scene.startCaddy();
      await scene.write(worded(scene.port, (below) => below - 1));
      let daemon = start(scene);
      await daemon.said({ msg: 'policies applied' });
      const before = { taken: await scene.takenAfter(1), writes: scene.loads() };
      for (const round of shared) {
        const random = context.random('same-words', round);
        const isRestart = round % restartEvery === 0;
        restarts += Number(isRestart);
        daemon = await one(scene, daemon, worded(scene.port, random), isRestart);
        if (scene.taken() !== before.taken) {
          broken.push(`round ${round}: ${scene.taken() - before.taken} loads`);
          before.taken = scene.taken();
        }
      }
      writes += scene.loads() - before.writes;
    }

    await inScenes(context, { rounds, scenes: 4 }, play);
    if (writes > 0) broken.push(`${writes} writes were sent`);
    return {
      did: `${rounds} cases: comments, order of keys and quotes; ${restarts} restarts`,
      held: `${writes} writes sent, ${broken.length} loads`,
      broken,
      raw: { rounds, restarts, writes },
    };
  },
};

function start(scene: Scene): Daemon {
  return scene.daemon('--log-level', 'debug');
}

async function one(scene: Scene, daemon: Daemon, text: string, isRestart: boolean): Promise<Daemon> {
  if (isRestart) {
    await daemon.end();
    await scene.write(text);
    const next = start(scene);
    await next.said({ outcome: 'unchanged' });
    return next;
  }
  const before = daemon.lines();
  await scene.write(text);
  await come(20_000, 'a pass for the files', () => {
    const lines = daemon.since(before);
    const begun = lines.findIndex(({ reasons }) => Array.isArray(reasons) && reasons.includes('files'));
    return (begun >= 0 && lines.slice(begun).some(({ outcome }) => outcome === 'unchanged')) || undefined;
  });
  return daemon;
}

/** The same policies, said in one of many ways. */
function worded(port: number, random: Random): string {
  const quote = (text: string): string => pick(random, [`'${text}'`, `"${text}"`]);
  const comment = (): string => pick(random, ['', '', `# ${random(1_000_000)}\n`, '\n']);
  const route = ([path, body]: readonly [string, string]): string =>
    `${comment()}      ${pick(random, [path, quote(path)])}: { respond: ${pick(random, [body, quote(body)])} }\n`;
  const site = (name: string): string => {
    const routes = shuffled(random, [
      ['/', `${name}0`],
      ['/x', `${name}1`],
      ['/y/*', `${name}2`],
    ] as const);
    const keys = shuffled(random, [
      () => `    listen: ${quote(`127.0.0.1:${port}`)}\n`,
      () => `    tls: ${pick(random, ['off', quote('off')])}\n`,
      () => `    headers: { ${shuffled(random, ['X-A: a', "'X-B': b"]).join(', ')} }\n`,
      () => `    routes:\n${routes.map(route).join('')}`,
    ]);
    return `${comment()}  ${name}.example.com:\n${keys.map((key) => `${comment()}${key()}`).join('')}`;
  };
  const sites = shuffled(random, ['a', 'b', 'c', 'd', 'e']).map(site);
  return `${comment()}sites:\n${sites.join('')}${comment()}# ${random(1_000_000_000)}\n`;
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const left = [...list];
  return list.map(() => left.splice(random(left.length), 1)[0] as T);
}
