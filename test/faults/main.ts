import { createHash, randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy, oldestObtained } from '../../src/binary/obtain.ts';
import { randomFrom } from '../support/random.ts';
import type { Context, Figures, Row } from './row.ts';
import { rows } from './rows.ts';
import { type Played, tableOf, verdictOf } from './table.ts';

const usage = `npm run test:faults -- [options]
  --rows a,b           only these: ${rows.map(({ name }) => name).join(', ')}
  --rounds-factor N    so many times the rounds, such as 0.1
  --long               the rows that take half an hour, too
  --minutes N          how long the random faults of the long mode go on: 30
  --seed N             repeats a run; $CADDYCTL_SEED
  --caddy PATH         this Caddy
  --json FILE          where the raw figures go
`;

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    'rounds-factor': { type: 'string', default: '1' },
    long: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string' },
    caddy: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const root = join(import.meta.dirname, '../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function caddyPathOf(): Promise<string> {
  if (values.caddy !== undefined) return values.caddy;
  const cacheFolder = join(root, '.cache/caddy');
  const found = await findCaddy({ env: process.env, cacheFolder, say, oldest: oldestObtained });
  return (found ?? (await obtainCaddy({ cacheFolder, say }))).path;
}

function chosen(): readonly Row[] {
  const names = values.rows?.split(',');
  const unknown = names?.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) throw new Error(`there is no row ${unknown}`);
  return rows.filter((row) => (names === undefined ? values.long || row.isLong !== true : names.includes(row.name)));
}

async function playRow(row: Row, context: Context): Promise<Played> {
  const begun = performance.now();
  let figures: Figures;
  try {
    figures = await row.run(context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(error instanceof Error ? `${error.stack}` : reason);
    figures = { did: 'broke off', held: '', broken: [reason.slice(0, 300)], raw: {} };
  }
  const seconds = (performance.now() - begun) / 1_000;
  say(`${row.name}: ${verdictOf(figures)} in ${seconds.toFixed(1)} s: ${figures.held}`);
  for (const sentence of figures.broken) say(`  ${sentence}`);
  return { row, figures, seconds };
}

async function main(): Promise<number> {
  const seed = Number(values.seed ?? process.env['CADDYCTL_SEED'] ?? randomInt(1, 1_000_000));
  const factor = Number(values['rounds-factor']);
  const context: Context = {
    caddyPath: await caddyPathOf(),
    minutes: Number(values.minutes),
    rounds: (count) => Math.max(1, Math.round(count * factor)),
    random: (...words) =>
      randomFrom(
        createHash('sha256')
          .update(JSON.stringify([seed, ...words]))
          .digest()
          .readUInt32BE(),
      ),
    note: say,
  };
  say(`seed ${seed}, Caddy ${context.caddyPath}`);
  const played: Played[] = [];
  for (const row of chosen()) played.push(await playRow(row, context));
  const file = values.json ?? join(root, '.cache/faults.json');
  await mkdir(dirname(file), { recursive: true });
  const raw = played.map(({ row: { name }, figures, seconds }) => ({ name, seconds, ...figures }));
  await writeFile(file, `${JSON.stringify({ seed, factor, rows: raw }, undefined, 2)}\n`);
  process.stdout.write(tableOf(played));
  say(`seed ${seed}; the figures are in ${file}`);
  return played.some(({ figures }) => figures.broken.length > 0) ? 1 : 0;
}

if (values.help) process.stdout.write(usage);
else process.exit(await main());
