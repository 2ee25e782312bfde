import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy, oldestObtained } from '../../src/binary/obtain.ts';
import { randomFrom } from '../support/random.ts';
import { type Options, optionsOf, usage } from './options.ts';
import type { Context, Figures, Row } from './row.ts';
import { type Played, tableOf, verdictOf } from './table.ts';

const root = join(import.meta.dirname, '../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function obtainedCaddy(): Promise<string> {
  const cacheFolder = join(root, '.cache/caddy');
  const found = await findCaddy({ env: process.env, cacheFolder, say, oldest: oldestObtained });
  return (found ?? (await obtainCaddy({ cacheFolder, say }))).path;
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
  // What is timed depends on it.
  const load = (loadavg()[0] ?? 0) / availableParallelism();
  say(`${row.name}: ${verdictOf(figures)} in ${seconds.toFixed(1)} s: ${figures.held}`);
  for (const sentence of figures.broken) say(`  ${sentence}`);
  return { row, figures, seconds, load };
}

function contextOf({ factor, minutes, seed }: Options, caddyPath: string): Context {
  return {
    caddyPath,
    minutes,
    rounds: (count) => Math.max(1, Math.round(count * factor)),
    random(...words) {
      const hash = createHash('sha256').update(JSON.stringify([seed, ...words]));
      return randomFrom(hash.digest().readUInt32BE());
    },
    note: say,
  };
}

async function keep(file: string, { factor, seed }: Options, played: readonly Played[]): Promise<void> {
  const rows = played.map(({ row: { name }, figures, ...rest }) => ({ name, ...rest, ...figures }));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ seed, factor, rows }, undefined, 2)}\n`);
}

async function main(options: Options): Promise<number> {
  const context = contextOf(options, options.caddy ?? (await obtainedCaddy()));
  const file = options.json ?? join(root, '.cache/faults.json');
  say(`seed ${options.seed}, Caddy ${context.caddyPath}`);
  const played: Played[] = [];
  for (const row of options.rows) {
    played.push(await playRow(row, context));
    await keep(file, options, played);
  }
  process.stdout.write(tableOf(played));
  say(`seed ${options.seed}; the figures are in ${file}`);
  return played.some(({ figures }) => figures.broken.length > 0) ? 1 : 0;
}

function typedOptions(): Options | undefined {
  try {
    return optionsOf(process.argv.slice(2), process.env);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return undefined;
  }
}

const options = typedOptions();
if (options?.help) process.stdout.write(usage);
else process.exit(options === undefined ? 64 : await main(options));
