import { type Contender, type SaidTwice, startContenders } from './contenders.ts';
import { median } from './figures.ts';
import type { BenchContext, BenchResult } from './row.ts';
import { type BenchSite, caddyfileOf, openSites, policiesOf } from './sites.ts';

/** Milliseconds from sending a config in which one value is another, to Caddy's 200. */
interface Measured {
  readonly adapt: number[];
  readonly auto: number[];
}

/** How long Caddy takes to load one change: among sites that differ in values, and among sites of which no two are alike. */
export async function reloadRow(context: BenchContext): Promise<BenchResult> {
  const raw = new Map<string, Measured>();
  const rows: string[][] = [];
  for (const size of context.sizes) {
    for (const [kind, said] of kindsOf(openSites(size))) {
      const measured = await measure(context, `reload, ${size} sites, ${kind}`, said);
      raw.set(`${size} ${kind}`, measured);
      const [adapt, auto] = [median(measured.adapt), median(measured.auto)];
      rows.push([`${size}`, kind, adapt.toFixed(1), auto.toFixed(1), `${(auto / adapt).toFixed(2)}×`]);
    }
  }
  return {
    about: 'POST of the whole config with one value changed, beside the JSON of `caddy adapt`; ms.',
    head: ['sites', 'that differ in', 'adapt', 'auto', 'ratio'],
    rows,
    raw: Object.fromEntries(raw),
  };
}

function kindsOf(sites: readonly BenchSite[]): [string, SaidTwice][] {
  const policies = policiesOf(sites, 1, 'off')[0]?.text ?? '';
  const each = (text: string, pattern: RegExp, to: (index: number) => string): string => {
    let index = 0;
    return text.replace(pattern, () => to(index++));
  };
  return [
    ['values', { policies, caddyfile: (port) => caddyfileOf(sites, port) }],
    [
      'their kind',
      {
        policies: each(policies, /routes: \{/g, (index) => `request_headers: { X-Kind-${index}: a }, routes: {`),
        caddyfile: (port) =>
          each(caddyfileOf(sites, port), /\t@api/g, (index) => `\trequest_header X-Kind-${index} a\n\t@api`),
      },
    ],
  ];
}

async function measure({ caddyPath, rounds, say }: BenchContext, name: string, said: SaidTwice): Promise<Measured> {
  const contenders = await startContenders(caddyPath, said, ['adapt', 'auto']);
  const measured: Measured = { adapt: [], auto: [] };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const key of ['adapt', 'auto'] as const) {
        const contender = contenders.get(key);
        if (contender === undefined) continue;
        const ms = await load(contender, 8_002 + round);
        // The first warms up.
        if (round > 0) measured[key].push(ms);
      }
    }
    say(`${name}: done`);
    return measured;
  } finally {
    await Promise.all([...contenders.values()].map(({ caddy }) => caddy.stop()));
  }
}

async function load({ caddy, config }: Contender, port: number): Promise<number> {
  const changed = config.replace('127.1.0.1:8002', `127.1.0.1:${port + 20_000}`);
  if (changed === config) throw new Error('nothing to change in this config');
  const begun = performance.now();
  const answer = await caddy.admin('POST', '/load', changed);
  if (answer.status !== 200) throw new Error(answer.text);
  return performance.now() - begun;
}
