import { randomFrom } from '../support/random.ts';
import { startApps } from './apps.ts';
import { type ContenderName, memoryOf, type SaidTwice, startContenders } from './contenders.ts';
import { median } from './figures.ts';
import { type Burst, burst, requestOf } from './load.ts';
import type { BenchContext, BenchResult } from './row.ts';
import { caddyfileOf, openSites, policiesOf } from './sites.ts';

/** One contender under one kind of request; each round's burst. */
interface Cell {
  readonly contender: ContenderName;
  readonly asked: string;
  readonly bursts: Burst[];
}

interface Measured {
  readonly cells: readonly Cell[];
  /** MiB, at the end of all bursts. */
  readonly memory: Readonly<Record<string, number>>;
}

const BURST = 2_000;

/** Requests a second, Caddy's processor time for each, and its memory: for any host, the last and nobody's. */
export async function serveRow(context: BenchContext): Promise<BenchResult> {
  const apps = await startApps(context.caddyPath);
  try {
    return await tableOf(context, 'sites', (count) => {
      const sites = openSites(count);
      const hosts = sites.map(({ host }) => host.replace('*', 'x'));
      const said: SaidTwice = {
        policies: policiesOf(sites, 1, 'off')[0]?.text ?? '',
        caddyfile: (port) => caddyfileOf(sites, port),
      };
      const random = shuffled(hosts).map((host, index) => requestOf(host, index % 2 === 0 ? '/' : '/api/x'));
      const last = [requestOf(hosts.findLast((host) => !host.startsWith('x.')) ?? '', '/')];
      return {
        said,
        asked: new Map([
          ['random', random],
          ['last', last],
          ['unknown', [requestOf('nobody.example.com', '/')]],
        ]),
      };
    });
  } finally {
    await apps.stop();
  }
}

/** The same for paths of one host, which Caddy answers itself. */
export async function pathsRow(context: BenchContext): Promise<BenchResult> {
  return await tableOf(context, 'paths', (count) => {
    const paths = Array.from({ length: count }, (_, index) => `/p${index}`);
    const routes = paths.map((path) => `      ${path}: { respond: "at ${path}" }\n`);
    const handles = paths.map(
      (path) =>
        `\t@${path.slice(1)} path ${path} ${path}/*\n\thandle @${path.slice(1)} {\n\t\trespond "at ${path}"\n\t}\n`,
    );
    const said: SaidTwice = {
      policies: `sites:\n  one.example.com:\n    tls: off\n    routes:\n${routes.join('')}      /: { respond: at all else }\n`,
      caddyfile: (port) =>
        `http://one.example.com:${port} {\n${handles.join('')}\thandle {\n\t\trespond "at all else"\n\t}\n}\n`,
    };
    const ask = (path: string) => requestOf('one.example.com', path);
    return {
      said,
      asked: new Map([
        ['random', shuffled(paths).map(ask)],
        ['last', [ask(paths.at(-1) ?? '/')]],
      ]),
    };
  });
}

interface Scene {
  readonly said: SaidTwice;
  readonly asked: ReadonlyMap<string, readonly string[]>;
}

async function tableOf(context: BenchContext, what: string, sceneOf: (count: number) => Scene): Promise<BenchResult> {
  const raw = new Map<number, Measured>();
  for (const size of context.sizes) raw.set(size, await measure(context, `${size} ${what}`, sceneOf(size)));
  return {
    about: `Requests a second of ours against the JSON of \`caddy adapt\`, CPU microseconds a request of both, and memory at the end; by ${what}.`,
    head: [what, 'asked', 'requests/s', 'CPU adapt', 'CPU auto', 'CPU ratio', 'CPU plain', 'RSS MiB', 'RSS ratio'],
    rows: [...raw].flatMap(([size, measured]) => rowsOf(size, measured)),
    raw: Object.fromEntries(raw),
  };
}

async function measure(
  { caddyPath, rounds, say }: BenchContext,
  name: string,
  { said, asked }: Scene,
): Promise<Measured> {
  const contenders = await startContenders(caddyPath, said);
  try {
    const cells: Cell[] = [...asked.keys()].flatMap((kind) =>
      [...contenders.keys()].map((contender) => ({ contender, asked: kind, bursts: [] })),
    );
    for (let round = 1; round <= rounds; round++) {
      for (const cell of cells) {
        const contender = contenders.get(cell.contender);
        if (contender) cell.bursts.push(await burst(contender, asked.get(cell.asked) ?? [], BURST));
      }
      say(`${name}: round ${round} of ${rounds}`);
    }
    const memory = new Map<string, number>();
    for (const [contender, { caddy }] of contenders) memory.set(contender, await memoryOf(caddy.pid));
    return { cells, memory: Object.fromEntries(memory) };
  } finally {
    await Promise.all([...contenders.values()].map(({ caddy }) => caddy.stop()));
  }
}

function rowsOf(size: number, { cells, memory }: Measured): string[][] {
  const kinds = [...new Set(cells.map(({ asked }) => asked))];
  return kinds.map((kind) => {
    const of = (name: ContenderName, figure: 'perSecond' | 'cpu'): number =>
      median(
        cells
          .find(({ contender, asked }) => contender === name && asked === kind)
          ?.bursts.map((each) => each[figure]) ?? [],
      );
    const { adapt = Number.NaN, auto = Number.NaN } = memory;
    return [
      `${size}`,
      kind,
      `${(of('auto', 'perSecond') / of('adapt', 'perSecond')).toFixed(2)}×`,
      of('adapt', 'cpu').toFixed(0),
      of('auto', 'cpu').toFixed(0),
      `${(of('auto', 'cpu') / of('adapt', 'cpu')).toFixed(2)}×`,
      of('plain', 'cpu').toFixed(0),
      `${adapt.toFixed(0)} → ${auto.toFixed(0)}`,
      `${(auto / adapt).toFixed(2)}×`,
    ];
  });
}

function shuffled<T>(list: readonly T[]): T[] {
  const random = randomFrom(7);
  return list
    .map((item) => ({ item, at: random(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
