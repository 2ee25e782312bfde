import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy, oldestObtained } from '../../src/binary/obtain.ts';
import { calibrateRow } from './calibrate-row.ts';
import { compileRow } from './compile-row.ts';
import { tableOf } from './figures.ts';
import { connectionsRow } from './connections-row.ts';
import { liveRow } from './live-row.ts';
import { reloadRow } from './reload-row.ts';
import type { BenchResult, BenchRow } from './row.ts';
import { startRow } from './start-row.ts';
import { pathsRow, serveRow } from './serve-row.ts';

const rows: Readonly<Record<string, BenchRow>> = {
  compile: compileRow,
  serve: serveRow,
  paths: (context) => pathsRow({ ...context, sizes: context.sizes.filter((size) => size <= 1_000) }),
  reload: reloadRow,
  connections: connectionsRow,
  live: liveRow,
  start: startRow,
};
/** Only when asked for: they compare nothing. */
const others: Readonly<Record<string, BenchRow>> = { calibrate: calibrateRow };

const usage = `npm run bench -- [options]
  --rows a,b     what is measured: ${Object.keys(rows).join(',')}; or ${Object.keys(others).join(',')}
  --sizes a,b    how many sites or paths: 10,100,1000,10000
  --rounds N     how often each is measured, in turns: 5
  --quick        2 rounds of 10 and 1000
  --caddy PATH   this Caddy
  --json FILE    where every single figure goes
`;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: Object.keys(rows).join(',') },
    sizes: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    caddy: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function caddyPathOf(): Promise<string> {
  if (values.caddy !== undefined) return values.caddy;
  const cacheFolder = join(import.meta.dirname, '../../.cache/caddy');
  const found = await findCaddy({ env: process.env, cacheFolder, say, oldest: oldestObtained });
  return (found ?? (await obtainCaddy({ cacheFolder, say }))).path;
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(usage);
  const caddyPath = await caddyPathOf();
  const sizes = (values.sizes ?? (values.quick ? '10,1000' : '10,100,1000,10000')).split(',').map(Number);
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  const results = new Map<string, BenchResult>();
  for (const name of values.rows.split(',')) {
    const row = rows[name] ?? others[name];
    if (row === undefined) throw new Error(`there is no row "${name}"\n${usage}`);
    const result = await row({ caddyPath, sizes, rounds, say });
    results.set(name, result);
    process.stdout.write(`### ${name}\n\n${result.about} Medians of ${rounds} interleaved rounds.\n\n`);
    process.stdout.write(`${tableOf(result.head, result.rows)}\n\n`);
  }
  if (values.json === undefined) return;
  const machine = { node: process.version, caddy: caddyPath, cpu: cpus()[0]?.model, cpus: cpus().length };
  const raw = Object.fromEntries([...results].map(([name, result]) => [name, result.raw]));
  await writeFile(values.json, `${JSON.stringify({ machine, ...raw }, null, 2)}\n`);
}

await main();
