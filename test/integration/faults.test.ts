import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { tableOf, verdictOf } from '../faults/table.ts';

const main = join(import.meta.dirname, '../faults/main.ts');

test('the fault suite plays a few rounds of its rows, and all of them hold', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'));
  const json = join(folder, 'figures.json');
  try {
    const rows = ['bad-file', 'vanished', 'broken-writes', 'state-folder', 'same-words'];
    const options = ['--rows', rows.join(','), '--rounds-factor', '0.02', '--seed', '1', '--json', json];
    const { stdout } = await promisify(execFile)(process.execPath, [main, '--caddy', inject('caddyPath'), ...options]);
    expect(stdout.trim().split('\n')).toHaveLength(2 + rows.length);
    const figures = JSON.parse(await readFile(json, 'utf8')) as { rows: { name: string; broken: string[] }[] };
    expect(figures.rows.map(({ name, broken }) => [name, broken])).toEqual(rows.map((name) => [name, []]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a row that could not be played is not told as one that held', () => {
  const figures = { did: 'nothing', held: '', broken: [], skipped: ['no right to mount'], raw: {} };
  const row = { name: 'a', fault: 'f', mustHold: 'm', run: async () => figures };
  expect(verdictOf(figures)).toBe('not done');
  expect(verdictOf({ ...figures, held: 'half of it' })).toBe('held in part');
  expect(verdictOf({ ...figures, broken: ['a | b'] })).toBe('BROKEN');
  expect(tableOf([{ row, figures: { ...figures, broken: ['a | b'] }, seconds: 1, load: 1 }])).toContain('a \\| b');
});
