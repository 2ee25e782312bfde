import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSources } from '../../src/files/read.ts';
import { readSettled, type Clock } from '../../src/files/settle.ts';
import type { Saved } from './slow-writer.ts';
import { roundOf } from './watch-ways.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caddyctl-settle-'));
  path = join(folder, 'a.yaml');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface TestClock extends Clock {
  /** Milliseconds slept. */
  slept(): number;
}

/** Time goes on only by sleeping; whoever else is at work does so then. */
function clockAt(start: number, atWork: (slept: number) => void = () => {}): TestClock {
  let slept = 0;
  return {
    now: () => start + slept,
    async sleep(ms) {
      slept += ms;
      atWork(slept);
    },
    slept: () => slept,
  };
}

/** Gives a file the time that the clock shows. */
function touch(ms: number): void {
  utimesSync(path, ms / 1000, ms / 1000);
}

async function readBy(clock: Clock, during: () => void = () => {}): Promise<string | undefined> {
  const handle = await open(path);
  try {
    const read = async (): Promise<string> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
      during();
      return buffer.toString('utf8', 0, bytesRead);
    };
    return await readSettled(handle, read, clock);
  } finally {
    await handle.close();
  }
}

const start = 1_800_000_000_000;

test('a file that nobody has written lately is read at once', async () => {
  writeFileSync(path, 'old');
  touch(start - 15);
  const clock = clockAt(start);
  expect(await readBy(clock)).toBe('old');
  expect(clock.slept()).toBe(0);
});

test('a file that was just written is read when the write lies back a moment', async () => {
  writeFileSync(path, 'new');
  touch(start - 4);
  const clock = clockAt(start);
  expect(await readBy(clock)).toBe('new');
  expect(clock.slept()).toBe(11);
});

test('a writer that goes on is waited for', async () => {
  const pieces = ['b', 'c', 'd', 'e'];
  writeFileSync(path, 'a');
  touch(start);
  const clock = clockAt(start, (slept) => {
    const piece = pieces.shift();
    if (piece === undefined) return;
    appendFileSync(path, piece);
    touch(start + slept);
  });
  expect(await readBy(clock)).toBe('abcde');
});

test('what is written while it is read is read again', async () => {
  writeFileSync(path, 'before');
  touch(start - 1000);
  let reads = 0;
  const clock = clockAt(start);
  const text = await readBy(clock, () => {
    if (reads++ > 0) return;
    writeFileSync(path, 'behind');
    touch(start - 500);
  });
  expect([text, reads]).toEqual(['behind', 2]);
});

test('a file that was emptied to be written anew looks old for a moment, and is waited for', async () => {
  writeFileSync(path, '');
  touch(start - 40);
  const clock = clockAt(start, () => {
    writeFileSync(path, 'anew');
    touch(start - 1);
  });
  expect(await readBy(clock)).toBe('anew');
});

test('a file that stays empty is read as that', async () => {
  writeFileSync(path, '');
  touch(start - 1000);
  const clock = clockAt(start);
  expect(await readBy(clock)).toBe('');
  expect(clock.slept()).toBe(60);
});

test('a writer without an end is given up', async () => {
  writeFileSync(path, 'a');
  touch(start);
  const clock = clockAt(start, (slept) => {
    appendFileSync(path, 'a');
    touch(start + slept);
  });
  expect(await readBy(clock)).toBeUndefined();
  expect(clock.slept()).toBeGreaterThanOrEqual(1000);
});

test('a machine that stands still for seconds is no writer', async () => {
  writeFileSync(path, 'whole');
  touch(start);
  const clock = clockAt(start);
  const stat = async (): Promise<Stats> => {
    await clock.sleep(5_000);
    return statSync(path);
  };
  expect(await readSettled({ stat: stat as FileHandle['stat'] }, async () => 'whole', clock)).toBe('whole');
});

test('a time to come does not block', async () => {
  writeFileSync(path, 'tomorrow');
  touch(start + 86_400_000);
  const clock = clockAt(start);
  expect(await readBy(clock)).toBe('tomorrow');
  expect(clock.slept()).toBe(15);
});

test('a file whose writer never pauses is a problem, not half a policy', async () => {
  writeFileSync(path, 'a\n');
  const writing = setInterval(() => appendFileSync(path, 'a\n'), 1);
  const other = join(folder, 'b.yaml');
  writeFileSync(`${other}.new`, 'b\n');
  renameSync(`${other}.new`, other);
  try {
    const { sources, diagnostics } = await readSources([folder], { stdin: Readable.from([]) });
    expect(sources.map(({ text }) => text)).toEqual(['b\n']);
    expect(diagnostics.map(({ code, severity, place }) => [code, severity, place?.file.path])).toEqual([
      ['file-changing', 'error', path],
    ]);
  } finally {
    clearInterval(writing);
  }
  expect(statSync(path).size).toBeGreaterThan(0);
});

test('another process saves in place and in pieces, and no reading is torn', { timeout: 120_000 }, async () => {
  // Below what is waited for; where it looked untouched for longer, that is the machine's doing and does not count.
  const allowed = 14;
  const wanted = 20;
  writeFileSync(path, '# begin 0\n# end 0\n');
  const writer = fork(new URL('slow-writer.ts', import.meta.url), [path], { execArgv: [] });
  const disconnected = once(writer, 'disconnect');
  const good = new Set<number>();
  let hasTruncatedLong = false;
  let saves = 0;
  writer.on('message', ({ round, longestStill }: Saved) => {
    saves = round;
    if (longestStill < allowed) good.add(round);
    else hasTruncatedLong = true;
  });
  const torn: string[] = [];
  const seen = new Set<number>();
  try {
    while ([...good].filter((round) => seen.has(round)).length < wanted) {
      const { sources } = await readSources([path], { stdin: Readable.from([]) });
      const text = sources[0]?.text;
      if (text === undefined) continue;
      const round = roundOf(text);
      if (round === undefined) torn.push(text);
      else seen.add(round);
    }
  } finally {
    // It finishes the save that it is at, and tells of it: that one may have been held up as well.
    writer.send('end');
    await disconnected;
  }
  const begun = torn.map((text) => Number(/^# begin (\d+)\n/.exec(text)?.[1] ?? -1));
  expect(begun.filter((round) => (round === -1 ? !hasTruncatedLong : good.has(round)))).toEqual([]);
  expect(saves).toBeGreaterThanOrEqual(wanted);
});
