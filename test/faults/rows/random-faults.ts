import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pick } from '../../support/random.ts';
import { startFront, type Front } from '../front.ts';
import { sitesOn } from '../policies.ts';
import { type Field, randomFaults } from '../random-fault.ts';
import type { Resources } from '../report-resources.ts';
import type { Row } from '../row.ts';
import { type Daemon, openScene, type Scene } from '../scene.ts';
import { healthOf, statusOf } from '../status.ts';
import { quantile, timeUntil, within } from '../waiting.ts';

const sites = 20;
/** Far more than anything takes that ends well. */
const limitMs = 30_000;
/** Of the time, at the begin: what is held then is not compared. */
const warmUp = 0.2;

/** Minutes: until then a process of Node grows whatever it does. */
const shortest = 15;

export const randomFaultsRow: Row = {
  name: 'random-faults',
  fault: 'random faults for 30 minutes',
  mustHold: 'no invariant broken; RSS, fds and timers flat',
  isLong: true,
  async run(context) {
    const scene = await openScene(context);
    const front = await startFront(scene.proxy.address);
    const broken: string[] = [];
    const counts = new Map<string, number>();
    const times: number[] = [];
    const held: Resources[] = [];
    let version = 0;
    const file = join(scene.folder, 'resources');
    let daemon: Daemon;
    const save = async (): Promise<void> => {
      version++;
      await scene.write(textOf(scene, version));
    };
    const random = context.random('random-faults');
    const acknowledged = new Set<string>();
    const signal = (name: NodeJS.Signals): void => daemon.run.kill(name);
    const field: Field = { scene, front, caddyPath: context.caddyPath, random, save, signal, acknowledged };

    async function one(name: string): Promise<void> {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const tell = (what: string): void => void broken.push(`fault ${times.length + 1}, ${name}: ${what}`);
      await randomFaults[name]?.(field);
      if (name === 'an end and a start') {
        await daemon.run.ended;
        daemon = start(scene, front, file);
      }
      await save();
      const took = await timeUntil(limitMs, async () => (await lostSites(scene, version)).length === 0);
      times.push(took ?? Infinity);
      if (took === undefined)
        tell(`after ${limitMs / 1_000} s not served: ${(await lostSites(scene, version)).join(' ')}`);
      const isTold = await within(5_000, async () =>
        (await healthOf(scene)).state === 'not-serving' ? undefined : true,
      );
      if (isTold === undefined) tell('it serves, and the status says that it does not');
      const config = await scene.config();
      const lost = [...acknowledged].filter((each) => !config.includes(`"${each}"`));
      if (lost.length > 0) tell(`others' acknowledged writes are lost: ${lost.join(' ')}`);
    }

    try {
      await scene.startCaddy();
      await save();
      daemon = start(scene, front, file);
      await daemon.said({ msg: 'policies applied' });
      const begun = performance.now();
      const end = begun + context.minutes * 60_000;
      const names = Object.keys(randomFaults);
      // A process that is started anew cannot show what grows.
      const lasting = names.filter((name) => name !== 'an end and a start');
      let told = begun;
      while (performance.now() < end && broken.length < 10) {
        await one(pick(random, performance.now() < begun + (end - begun) * warmUp ? names : lasting));
        held.push(JSON.parse(await readFile(file, 'utf8')) as Resources);
        if (performance.now() - told < 60_000) continue;
        told = performance.now();
        context.note(
          `${Math.round((told - begun) / 60_000)} min, ${times.length} faults, ${JSON.stringify(held.at(-1))}`,
        );
      }
      const growth = compared(held);
      const isShort = context.minutes < shortest;
      if (!isShort) broken.push(...growth.broken);
      return {
        did: `${times.length} faults of ${names.length} kinds in ${context.minutes} minutes`,
        held: `right again after ${Math.round(quantile(times, 0.5))} ms in the median and ${Math.round(Math.max(...times))} ms at most; ${growth.sentence}`,
        broken,
        skipped: isShort ? [`whether it is flat: not judged in less than ${shortest} minutes`] : [],
        raw: { counts: Object.fromEntries(counts), milliseconds: times, held },
      };
    } finally {
      await scene.stop();
      await front.stop();
    }
  },
};

function start(scene: Scene, front: Front, file: string): Daemon {
  const preload = `--import=${new URL('../report-resources.ts', import.meta.url).href}`;
  const flags = [
    '--admin',
    front.address,
    '--timeout',
    '2s',
    '--interval',
    '30s',
    '--status',
    `unix/${statusOf(scene)}`,
  ];
  return scene.daemonWith({ flags, env: { NODE_OPTIONS: preload, RESOURCES: file } });
}

function textOf({ port }: Scene, version: number): string {
  return sitesOn(port, Object.fromEntries(Array.from({ length: sites }, (_, site) => [`s${site}`, `v${version}`])));
}

async function lostSites(scene: Scene, version: number): Promise<number[]> {
  const numbers = Array.from({ length: sites }, (_, site) => site);
  const bodies = await Promise.all(numbers.map((site) => scene.body(`s${site}.example.com`)));
  return numbers.filter((site) => bodies[site] !== `v${version}`);
}

/** The least of the first third after the warm-up with the least of the last: what is held for a moment counts in neither. */
function compared(held: readonly Resources[]): { readonly sentence: string; readonly broken: readonly string[] } {
  const steady = held.slice(Math.floor(held.length * warmUp));
  const third = Math.ceil(steady.length / 3);
  const least = (part: readonly Resources[], what: keyof Resources): number =>
    Math.min(...part.map((each) => each[what]));
  const [first, last] = [steady.slice(0, third), steady.slice(-third)];
  const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576);
  const figures = (['rss', 'heap', 'fds', 'timers', 'handles'] as const).map((what) => {
    const [from, to] = [least(first, what), least(last, what)];
    const isBytes = what === 'rss' || what === 'heap';
    const text = isBytes ? `${what} ${megabytes(from)} → ${megabytes(to)} MiB` : `${what} ${from} → ${to}`;
    return { text, isFlat: isBytes ? to < from * 1.2 + 8 * 1_048_576 : to <= from + 2 };
  });
  return {
    sentence: figures.map(({ text }) => text).join(', '),
    broken: figures.filter(({ isFlat }) => !isFlat).map(({ text }) => `not flat: ${text}`),
  };
}
