import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CompileTimes } from './compile-times.ts';
import { median } from './figures.ts';
import { type ProcessTime, processTime } from './process-time.ts';
import type { BenchContext, BenchResult } from './row.ts';
import { benchSites, caddyfileOf, policiesOf } from './sites.ts';

/** One round of everything, so that a busy moment of the machine meets all alike. */
interface Round {
  readonly adapt: ProcessTime;
  readonly translate: ProcessTime;
  readonly compile: CompileTimes;
}

/** How long policies take to become JSON. */
export async function compileRow(context: BenchContext): Promise<BenchResult> {
  const raw = new Map<number, Round[]>();
  for (const size of context.sizes) raw.set(size, await measure(context, size));
  return {
    about: 'From text to JSON, beside `caddy adapt` and the same sites; ms.',
    head: ['sites', 'caddy adapt', 'translate', 'ratio', 'of CPU', 'compile cold', 'warm', 'one file saved'],
    rows: [...raw].map(([size, rounds]) => rowOf(size, rounds)),
    raw: Object.fromEntries(raw),
  };
}

async function measure({ caddyPath, rounds, say }: BenchContext, count: number): Promise<Round[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const sites = benchSites(count);
    const [policy] = policiesOf(sites);
    const [policyPath, caddyfilePath] = [join(folder, 'sites.yaml'), join(folder, 'Caddyfile')];
    await writeFile(policyPath, policy?.text ?? '');
    await writeFile(caddyfilePath, caddyfileOf(sites));
    const main = join(import.meta.dirname, '../../src/main.ts');
    const done: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      const adapt = await processTime(caddyPath, ['adapt', '--config', caddyfilePath, '--adapter', 'caddyfile']);
      const translate = await processTime(process.execPath, [main, 'translate', policyPath]);
      done.push({ adapt, translate, compile: await compileTimes(count) });
      say(`compile, ${count} sites: round ${round} of ${rounds}`);
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
