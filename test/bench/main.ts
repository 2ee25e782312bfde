import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findCaddy } from '../../src/binary/find.ts';
import { obtainCaddy, oldestObtained } from '../../src/binary/obtain.ts';
import type { CompileTimes } from './compile-times.ts';
import { median, tableOf } from './figures.ts';
import { type ProcessTime, processTime } from './process-time.ts';
import { benchSites, caddyfileOf, policiesOf } from './sites.ts';

const usage = `npm run bench -- [options]
  --sites a,b    how many sites: 10,100,1000,10000
  --rounds N     how often each is measured, in turns: 5
  --caddy PATH   this Caddy
  --json FILE    where the raw figures go
`;

const { values } = parseArgs({
  options: {
    sites: { type: 'string', default: '10,100,1000,10000' },
    rounds: { type: 'string', default: '5' },
    caddy: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** One round of everything, so that a busy moment of the machine meets all alike. */
interface Round {
  readonly adapt: ProcessTime;
  readonly translate: ProcessTime;
  readonly compile: CompileTimes;
}

const root = join(import.meta.dirname, '../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function caddyPathOf(): Promise<string> {
  if (values.caddy !== undefined) return values.caddy;
  const cacheFolder = join(root, '.cache/caddy');
  const found = await findCaddy({ env: process.env, cacheFolder, say, oldest: oldestObtained });
  return (found ?? (await obtainCaddy({ cacheFolder, say }))).path;
}

async function measure(caddyPath: string, count: number, rounds: number): Promise<Round[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const sites = benchSites(count);
    const [policy] = policiesOf(sites);
    const [policyPath, caddyfilePath] = [join(folder, 'sites.yaml'), join(folder, 'Caddyfile')];
    await writeFile(policyPath, policy?.text ?? '');
    await writeFile(caddyfilePath, caddyfileOf(sites));
    const done: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      const adapt = await processTime(caddyPath, ['adapt', '--config', caddyfilePath, '--adapter', 'caddyfile']);
      const translate = await processTime(process.execPath, [join(root, 'src/main.ts'), 'translate', policyPath]);
      done.push({ adapt, translate, compile: await compileTimes(count) });
      say(`${count} sites: round ${round} of ${rounds}`);
    }
    return done;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compileTimes(count: number): Promise<CompileTimes> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'compile-times.ts'),
    `${count}`,
  ]);
  return JSON.parse(stdout) as CompileTimes;
}

function rowOf(count: number, rounds: readonly Round[]): string[] {
  const of = (figure: (round: Round) => number): number => median(rounds.map(figure));
  const ms = (figure: (round: Round) => number): string => of(figure).toFixed(of(figure) < 10 ? 1 : 0);
  const ratio = (kind: keyof ProcessTime): string =>
    `${(of(({ translate }) => translate[kind]) / of(({ adapt }) => adapt[kind])).toFixed(2)}×`;
  return [
    `${count}`,
    ms(({ adapt }) => adapt.wall),
    ms(({ translate }) => translate.wall),
    ratio('wall'),
    ratio('cpu'),
    ms(({ compile }) => compile.cold),
    ms(({ compile }) => compile.warm),
    ms(({ compile }) => compile.oneFile),
  ];
}

const head = ['sites', 'caddy adapt', 'translate', 'ratio', 'of CPU', 'compile cold', 'warm', 'one file saved'];

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(usage);
  const caddyPath = await caddyPathOf();
  const figures = new Map<number, Round[]>();
  for (const count of values.sites.split(',').map(Number)) {
    figures.set(count, await measure(caddyPath, count, Number(values.rounds)));
  }
  const rows = [...figures].map(([count, rounds]) => rowOf(count, rounds));
  const machine = { node: process.version, caddy: caddyPath, cpu: cpus()[0]?.model, cpus: cpus().length };
  process.stdout.write(`Medians of ${values.rounds} interleaved rounds, ms.\n\n${tableOf(head, rows)}\n`);
  if (values.json === undefined) return;
  await writeFile(values.json, `${JSON.stringify({ machine, rounds: Object.fromEntries(figures) }, null, 2)}\n`);
}

await main();
