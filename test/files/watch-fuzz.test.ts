import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Random, randomFrom } from '../support/random.ts';
import { openScene, type Scene } from './watch-scene.ts';

/** `SEED=7` repeats what begins with seed 7; `CADDYCTL_LONG=1` takes some minutes. */
const firstSeed = Number(process.env['SEED'] ?? 20_263);
const isLong = process.env['CADDYCTL_LONG'] === '1';
const runs = isLong ? 60 : 10;
const roundsOfRun = isLong ? 40 : 12;
const operationsOfRound = 12;
// Far above what any change takes, sweep and a loaded machine included.
const tooLong = 20_000;

const folders = [
  'policies',
  'policies/a',
  'policies/a/b',
  'policies/c',
  'outside',
  'outside/d',
  'policies/..v1',
  'policies/.h',
];
const names = ['x.yaml', 'y.yml', 'z.json', '.x.yaml.swp', 'x.yaml~', 'noise.txt', 'link', 'l.yaml', 'a', '..data'];

/** One random change; what cannot be done, because something is missing or in the way, is left. */
function change(scene: string, random: Random, count: number): string {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const anyPath = (): string => join(scene, pick(folders), pick(names));
  const [path, other, folder] = [anyPath(), anyPath(), join(scene, pick(folders.slice(1)))];
  const text = `# ${count}${'.'.repeat(random(3))}\n`;
  const changes: readonly (readonly [string, () => void])[] = [
    [`write ${path}`, () => writeFileSync(path, text)],
    [`write ${path}`, () => writeFileSync(path, text)],
    [`write ${path} in a new folder`, () => (mkdirSync(dirname(path), { recursive: true }), writeFileSync(path, text))],
    [`replace ${path}`, () => (writeFileSync(join(scene, 'new'), text), renameSync(join(scene, 'new'), path))],
    [`rename ${path} ${other}`, () => renameSync(path, other)],
    [`rename ${folder} ${other}`, () => renameSync(folder, other)],
    [`unlink ${path}`, () => unlinkSync(path)],
    [`remove ${folder}`, () => rmSync(folder, { recursive: true })],
    [`mkdir ${folder}`, () => mkdirSync(folder, { recursive: true })],
    [`link ${path} to ${other}`, () => symlinkSync(relative(dirname(path), other), path)],
    [`link ${path} to ${folder}`, () => symlinkSync(folder, path)],
    [`swap ${path} to ${other}`, () => (symlinkSync(other, join(scene, 'new')), renameSync(join(scene, 'new'), path))],
    [
      `swap ${path} to ${folder}`,
      () => (symlinkSync(folder, join(scene, 'new')), renameSync(join(scene, 'new'), path)),
    ],
    [`copy ${folder} ${other}`, () => copy(folder, other)],
    ['root away', () => renameSync(join(scene, 'policies'), join(scene, 'away'))],
    ['root back', () => renameSync(join(scene, 'away'), join(scene, 'policies'))],
    ['root removed', () => rmSync(join(scene, 'policies'), { recursive: true })],
  ];
  const [words, act] = pick(changes);
  try {
    act();
    return words.replaceAll(`${scene}/`, '');
  } catch {
    rmSync(join(scene, 'new'), { force: true });
    return '';
  }
}

/** The files of a folder, not those further below: a tree must not be copied into itself. */
function copy(from: string, to: string): void {
  const files = readdirSync(from, { withFileTypes: true }).filter((each) => each.isFile());
  mkdirSync(to);
  for (const { name } of files) copyFileSync(join(from, name), join(to, name));
}

async function rest(random: Random): Promise<void> {
  const kind = random(6);
  if (kind === 0) await setTimeout(random(40));
  else if (kind < 3) await setImmediate();
}

async function oneRun(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const scene = await openScene(
    ['policies', 'outside/d/x.yaml'],
    (folder) => {
      for (const each of folders) mkdirSync(join(folder, each), { recursive: true });
    },
    { sweepMs: 300 },
  );
  let count = 0;
  for (let round = 0; round < roundsOfRun; round++) {
    const done: string[] = [];
    for (let operation = 0; operation < operationsOfRound; operation++) {
      done.push(change(scene.folder, random, count++));
      await rest(random);
    }
    if (!existsSync(join(scene.folder, 'policies')) && random(2) === 0) mkdirSync(join(scene.folder, 'policies'));
    await agree(scene, `seed ${seed}, round ${round}: ${done.filter((words) => words !== '').join('; ')}`);
  }
  expect(scene.problems).toEqual([]);
  await scene.close();
}

/** What was read after the last trigger is what is there, now that nobody changes it any more. */
async function agree(scene: Scene, what: string): Promise<void> {
  const giveUp = new AbortController();
  const late = setTimeout(tooLong, 'late', { signal: giveUp.signal }).catch(() => 'aborted');
  const ended = await Promise.race([scene.upToDate().then(() => 'agrees'), late]);
  giveUp.abort();
  expect(ended, what).toBe('agrees');
}

test.concurrent.for(Array.from({ length: runs }, (_, index) => firstSeed + index))(
  'random changes, seed %i',
  { timeout: 600_000 },
  async (seed) => {
    await oneRun(seed);
  },
);
