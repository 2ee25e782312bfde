import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { StoredEntry } from '../../src/history/entry.ts';
import { type History, openHistory } from '../../src/history/history.ts';
import type { Pin } from '../../src/history/pin.ts';
import { seal } from '../../src/history/seal.ts';
import { newFolder } from './new-folder.ts';
import { config, entry } from './revisions.ts';

let folder: string;
let history: History;

beforeEach(() => {
  folder = newFolder();
  history = openHistory(folder);
});

const revisions = async (from: History = history): Promise<string[]> =>
  (await from.read()).entries.map(({ revision }) => revision);
const newest = async (): Promise<StoredEntry> => (await history.read()).entries[0] as StoredEntry;
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const only = (): string => join(folder, readdirSync(folder)[0] as string);
const pin: Pin = {
  time: '2026-01-02T03:04:05.678Z',
  revision: 'a1',
  inputs: 'b2',
  by: { user: 'ann', command: 'rollback', version: '1.0.0' },
  caddy: 'localhost:2019',
};

describe('what was recorded', () => {
  test('comes back, newest first, with the config of then', async () => {
    const now = () => new Date('2026-01-02T03:04:05.678Z');
    history = openHistory(folder, { now });
    for (const name of ['a', 'b', 'c']) await history.record(entry(name), config(name));
    const { entries, problems } = await history.read();
    expect(entries.map(({ revision }) => revision)).toEqual(['c', 'b', 'a']);
    expect(problems).toEqual([]);
    expect(entries[2]).toEqual({ ...entry('a'), time: '2026-01-02T03:04:05.678Z', name: expect.any(String) as string });
    expect(await history.config(entries[2] as StoredEntry)).toEqual(config('a'));
  });

  test("is this user's alone", async () => {
    await history.record(entry('a'), config('a'));
    await history.writePin(pin);
    expect(modeOf(folder)).toBe('700');
    expect(readdirSync(folder).map((name) => modeOf(join(folder, name)))).toEqual(['600', '600']);
  });

  test('a folder that was opened to others is closed again', async () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    await history.record(entry('a'), config('a'));
    expect(modeOf(folder)).toBe('700');
  });

  test('keeps its order when the clock is set back', async () => {
    let year = 2030;
    history = openHistory(folder, { now: () => new Date(Date.UTC(year--, 0)) });
    for (const name of ['a', 'b', 'c']) await history.record(entry(name), config(name));
    expect(await revisions()).toEqual(['c', 'b', 'a']);
  });

  test('holds no config that Caddy did not take', async () => {
    await history.record(entry('a', { outcome: 'rejected', reason: 'no' }), config('secret'));
    expect(readFileSync(only(), 'utf8')).not.toContain('secret');
    expect(await newest()).toMatchObject({ outcome: 'rejected', reason: 'no' });
    await expect(history.config(await newest())).rejects.toThrow('no config was kept');
  });

  test('is nothing where there is no folder, and asking makes none', async () => {
    expect(await history.read()).toEqual({ entries: [], problems: [] });
    expect(await history.readPin()).toBeUndefined();
    await history.writePin(undefined);
    expect(() => statSync(folder)).toThrow('ENOENT');
  });
});

describe('a pin', () => {
  test('comes back until it is taken off', async () => {
    await history.writePin(pin);
    expect(await history.readPin()).toEqual(pin);
    await history.writePin({ ...pin, revision: 'a2' });
    expect(await history.readPin()).toMatchObject({ revision: 'a2' });
    await history.writePin(undefined);
    expect(await history.readPin()).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not believed once it is damaged', async () => {
    await history.writePin(pin);
    writeFileSync(only(), readFileSync(only(), 'utf8').replace('a1', 'a2'));
    await expect(history.readPin()).rejects.toThrow(`${only()} is damaged`);
    await history.writePin(pin);
    expect(await history.readPin()).toEqual(pin);
  });
});

describe('what cannot be believed is told and skipped', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) await history.record(entry(name), config(name));
  });
  const second = (): string => join(folder, readdirSync(folder).toSorted()[1] as string);
  const skips = async (problem: string): Promise<void> => {
    const { entries, problems } = await history.read();
    expect(entries.map(({ revision }) => revision)).toEqual(['c', 'a']);
    expect(problems).toEqual([`${second()} ${problem}`]);
  };

  test('cut off anywhere', async () => {
    const whole = readFileSync(second());
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(second(), whole.subarray(0, length));
      await skips('is damaged');
    }
  });

  test('with any byte changed', async () => {
    const whole = readFileSync(second());
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      writeFileSync(second(), changed);
      await skips('is damaged');
    }
  });

  test('full of zeros, as after a power failure', async () => {
    writeFileSync(second(), Buffer.alloc(statSync(second()).size));
    await skips('is damaged');
  });

  test('of another version', async () => {
    writeFileSync(second(), seal(['{"version":2}\n']).join(''));
    await skips('was written by another version of caddyctl');
  });

  test('a folder, or a pipe that nobody writes to', async () => {
    const path = second();
    rmSync(path);
    mkdirSync(path);
    await skips('is none of ours');
    rmSync(path, { recursive: true });
    execFileSync('mkfifo', [path]);
    await skips('is none of ours');
  });

  test('and the config is checked when it is read, not only when it is listed', async () => {
    const [, b] = (await history.read()).entries;
    writeFileSync(second(), readFileSync(second(), 'utf8').replace(':8080', ':8081'));
    await expect(history.config(b as StoredEntry)).rejects.toThrow(`${second()} is damaged`);
  });

  test('what was never ours is not even looked at', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'x');
    expect((await history.read()).problems).toEqual([]);
  });

  test('a record tells of it too', async () => {
    writeFileSync(second(), '');
    expect(await history.record(entry('d'), config('d'))).toEqual([`${second()} is damaged`]);
  });
});

describe('a folder that is not ours alone to fill', () => {
  test('a link is refused, for writing and for reading', async () => {
    await history.record(entry('a'), config('a'));
    renameSync(folder, `${folder}.real`);
    symlinkSync(`${folder}.real`, folder);
    await expect(history.record(entry('b'), config('b'))).rejects.toThrow(`${folder} is not a folder`);
    await expect(history.read()).rejects.toThrow(`${folder} is not a folder`);
    await expect(history.readPin()).rejects.toThrow(`${folder} is not a folder`);
  });

  test("another user's is refused", async () => {
    await history.record(entry('a'), config('a'));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, 12_345, 12_345);
    const theirs = isRoot ? history : openHistory('/');
    const refused = `${theirs.folder} belongs to another user`;
    await expect(theirs.record(entry('b'), config('b'))).rejects.toThrow(refused);
    await expect(theirs.read()).rejects.toThrow(refused);
    await expect(theirs.readPin()).rejects.toThrow(refused);
  });
});

describe('the history is bounded', () => {
  const limits = { entries: 6, bytes: 1_000_000, good: 2 };

  test('by count: the oldest goes', async () => {
    history = openHistory(folder, { limits });
    for (let number = 1; number <= 20; number++) await history.record(entry(`r${number}`), config('x'));
    expect(await revisions()).toEqual(['r20', 'r19', 'r18', 'r17', 'r16', 'r15']);
  });

  test('but the last good ones outlive any number of failures', async () => {
    history = openHistory(folder, { limits });
    for (const name of ['a', 'b', 'c']) await history.record(entry(name), config(name));
    for (let number = 1; number <= 20; number++) {
      await history.record(entry(`bad${number}`, { outcome: 'rejected' }), config('x'));
    }
    expect(await revisions()).toEqual(['bad20', 'bad19', 'bad18', 'bad17', 'c', 'b']);
  });

  test('of each Caddy', async () => {
    history = openHistory(folder, { limits });
    await history.record(entry('a', { caddy: 'staging:2019' }), config('a'));
    for (const name of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) await history.record(entry(name), config(name));
    expect(await revisions()).toEqual(['h', 'g', 'f', 'e', 'd', 'a']);
  });

  test('one revision that comes again and again counts once', async () => {
    history = openHistory(folder, { limits });
    for (const name of ['a', 'b', 'c', 'c', 'c', 'c', 'c', 'c']) await history.record(entry(name), config(name));
    expect(await revisions()).toEqual(['c', 'c', 'c', 'c', 'c', 'b']);
  });

  test('by bytes: but what runs and what ran before stay, however large', async () => {
    history = openHistory(folder, { limits: { ...limits, bytes: 4_000 } });
    for (const name of ['a', 'b', 'c', 'd']) await history.record(entry(name), config(name.repeat(3_000)));
    expect(await revisions()).toEqual(['d', 'c']);
    for (let number = 1; number <= 20; number++) await history.record(entry(`small${number}`), config('x'));
    const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(4_000);
    expect(bytes).toHaveLength(6);
  });

  test('what is damaged goes first', async () => {
    history = openHistory(folder, { limits });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await history.record(entry(name), config(name));
    writeFileSync(join(folder, readdirSync(folder).toSorted()[4] as string), 'torn');
    await history.record(entry('g'), config('g'));
    expect(await history.read()).toMatchObject({ problems: [] });
    expect(await revisions()).toEqual(['g', 'f', 'd', 'c', 'b', 'a']);
  });

  test('what a killed writer left goes after an hour, not while it may still be at it', async () => {
    await history.record(entry('a'), config('a'));
    const left = join(folder, '.000000000002-0123456789ab.0123456789ab.tmp');
    writeFileSync(left, 'half');
    await history.record(entry('b'), config('b'));
    expect(readFileSync(left, 'utf8')).toBe('half');
    utimesSync(left, Date.now() / 1000, Date.now() / 1000 - 3_700);
    await history.record(entry('c'), config('c'));
    expect(() => statSync(left)).toThrow('ENOENT');
  });
});
