import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleIn } from './bundle.ts';
import { median } from './figures.ts';
import { type ProcessTime, processTime } from './process-time.ts';
import type { BenchContext, BenchResult } from './row.ts';

/** What a start is compared with, and what it is. */
interface Pair {
  readonly name: string;
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
}

/** How long the published program takes to say its help, and to look at one file; whatever the sizes. */
export async function startRow({ caddyPath, rounds, say }: BenchContext): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const [policy, caddyfile] = [join(folder, 'one.yaml'), join(folder, 'Caddyfile')];
    await writeFile(policy, 'sites: { one.example.com: 127.0.0.1:8001 }\n');
    await writeFile(caddyfile, 'one.example.com {\n\treverse_proxy 127.0.0.1:8001\n}\n');
    const bin = await bundleIn(join(folder, 'dist'));
    const node = [process.execPath, '-e', '0'];
    const pairs: Pair[] = [
      { name: 'nothing', theirs: [caddyPath, 'version'], ours: node },
      { name: '--help', theirs: [caddyPath, 'version'], ours: [process.execPath, bin, '--help'] },
      {
        name: 'validate',
        theirs: [caddyPath, 'validate', '--config', caddyfile, '--adapter', 'caddyfile'],
        ours: [process.execPath, bin, 'validate', policy],
      },
    ];
    const raw = new Map(pairs.map(({ name }) => [name, { theirs: [] as ProcessTime[], ours: [] as ProcessTime[] }]));
    // A start is short, so it is measured more often. The first fills the compile cache.
    for (let round = 0; round <= rounds * 4; round++) {
      for (const { name, theirs, ours } of pairs) {
        const [one, other] = [await timeOf(theirs), await timeOf(ours)];
        if (round === 0) continue;
        raw.get(name)?.theirs.push(one);
        raw.get(name)?.ours.push(other);
      }
    }
    say('start: done');
    return {
      about:
        '`caddyctl --help` beside `caddy version`, and `validate` of one site beside `caddy validate`; ms. "nothing" is Node alone.',
      head: ['', 'caddy', 'caddyctl', 'ratio', 'of CPU'],
      rows: [...raw].map(([name, { theirs, ours }]) => rowOf(name, theirs, ours)),
      raw: Object.fromEntries(raw),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function timeOf([command = '', ...args]: readonly string[]): Promise<ProcessTime> {
  return processTime(command, args);
}

function rowOf(name: string, theirs: readonly ProcessTime[], ours: readonly ProcessTime[]): string[] {
  const of = (times: readonly ProcessTime[], kind: keyof ProcessTime): number =>
    median(times.map((each) => each[kind]));
  const ratio = (kind: keyof ProcessTime): string => `${(of(ours, kind) / of(theirs, kind)).toFixed(2)}×`;
  return [name, of(theirs, 'wall').toFixed(0), of(ours, 'wall').toFixed(0), ratio('wall'), ratio('cpu')];
}
