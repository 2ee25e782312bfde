import { execFile } from 'node:child_process';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openHistory } from '../../src/history/history.ts';
import { UNFINISHED } from '../../src/history/write-whole.ts';
import { newFolder } from './new-folder.ts';
import { config, entry } from './revisions.ts';

const writer = fileURLToPath(new URL('killed-writer.ts', import.meta.url));

/** The signal that ended the writer, and what it was told by then. */
async function write(...args: readonly string[]): Promise<{ signal: string | undefined; told: string[] }> {
  const told = (stdout: string): string[] => stdout.split('\n').filter((line) => line !== '');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [writer, ...args]);
    return { signal: undefined, told: told(stdout) };
  } catch (error) {
    const { signal, stdout } = error as { signal: string; stdout: string };
    return { signal, told: told(stdout) };
  }
}

test('kill -9 at each step of a write: the next read works, and nothing acknowledged is lost', async () => {
  const whole = await write(newFolder(), 'whole');
  expect(whole.told.slice(0, 3)).toEqual(['recorded', 'pinned', 'unpinned']);
  const steps = Number(whole.told[3]);
  expect(steps).toBeGreaterThanOrEqual(19);

  const folder = newFolder();
  const history = openHistory(folder);
  const kept: string[] = [];
  /** What became of pins that were acknowledged. */
  const pinned: string[] = [];
  for (let step = 1; step <= steps + 1; step++) {
    const name = `at-${step}`;
    const { signal, told } = await write(folder, name, `${step}`);
    expect(signal).toBe('SIGKILL');

    const { entries, problems } = await history.read();
    expect(problems).toEqual([]);
    const there = entries.map(({ revision }) => revision).toReversed();
    // What was killed when it had its name already may be there as well, but then as a whole.
    if (told.includes('recorded') || there.includes(name)) kept.push(name);
    expect(there).toEqual(kept);
    for (const each of entries) expect(await history.config(each)).toEqual(config('x'.repeat(5_000)));

    const pin = (await history.readPin())?.revision;
    if (told.length === 2) pinned.push(pin ?? 'taken off');
    else expect(pin === undefined || (told.length === 1 && pin === name)).toBe(true);
    await history.writePin(undefined);
  }
  expect(kept.length).toBeGreaterThan(steps / 2);
  // The first of these was killed before it had begun to take the pin off.
  expect(pinned).toEqual([expect.stringMatching(/^at-/) as string, 'taken off', 'taken off']);

  const left = readdirSync(folder).filter((name) => UNFINISHED.test(name));
  expect(left).not.toEqual([]);
  const longAgo = Date.now() / 1000 - 7_200;
  for (const name of left) utimesSync(join(folder, name), longAgo, longAgo);
  await history.record(entry('last'), config('last'));
  expect(readdirSync(folder).filter((name) => UNFINISHED.test(name))).toEqual([]);
});
