import { COSTS, costOfList } from '../../src/caddy/layout/costs.ts';
import type { JsonObject } from '../../src/caddy/json.ts';
import { startCaddy } from '../support/caddy.ts';
import { freePort } from '../support/client/ports.ts';
import { median } from './figures.ts';
import { burst, requestOf } from './load.ts';
import type { BenchContext, BenchResult } from './row.ts';

/** What a request pays for `count` of a thing, measured by asking behind so many of it. */
interface Probe {
  readonly name: string;
  readonly count: number;
  /** What the layout counts with, in microseconds. */
  readonly assumed: number;
  /** Routes that a request passes, none of which takes it. */
  readonly passed: readonly JsonObject[];
}

/** The costs that layouts are chosen by, against what this machine's Caddy takes. */
export async function calibrateRow(context: BenchContext): Promise<BenchResult> {
  const raw = new Map<string, number[]>();
  const nothing = await measure(context, 'nothing', []);
  const rows: string[][] = [];
  for (const { name, count, assumed, passed } of probes()) {
    const measured = await measure(context, name, passed);
    const each = (median(measured) - median(nothing)) / count;
    raw.set(name, measured);
    rows.push([name, each.toFixed(2), assumed.toFixed(2), (each / COSTS.route).toFixed(1)]);
  }
  return {
    about: 'Microseconds of CPU for each part of a routing table, and what the layouts count with.',
    head: ['part', 'measured', 'counted', 'in routes'],
    rows,
    raw: Object.fromEntries([...raw, ['nothing', nothing]]),
  };
}

function probes(): Probe[] {
  const lists = (count: number, hosts: number): JsonObject[] =>
    Array.from({ length: count }, (_, list) => ({
      match: [{ host: Array.from({ length: hosts }, (_each, index) => `h${list}-${index}.example.com`) }],
      handle: [{ handler: 'static_response' }],
      terminal: true,
    }));
  const within = (routes: readonly JsonObject[]): JsonObject => ({ handle: [{ handler: 'subroute', routes }] });
  const subroutes = Array.from({ length: 200 }, () => within([]));
  return [
    { name: 'route of another host', count: 1_000, assumed: COSTS.route, passed: lists(1_000, 1) },
    { name: 'list of 8 hosts', count: 400, assumed: costOfList(8), passed: lists(400, 8) },
    { name: 'list of 100 hosts', count: 100, assumed: costOfList(100), passed: lists(100, 100) },
    { name: 'list of 101 hosts', count: 200, assumed: costOfList(101), passed: lists(200, 101) },
    { name: 'list of 1,000 hosts', count: 200, assumed: costOfList(1_000), passed: lists(200, 1_000) },
    { name: 'subroute', count: 200, assumed: COSTS.subroute, passed: subroutes },
    {
      name: 'route in a subroute, and asked',
      count: 500,
      assumed: COSTS.routeWithin + COSTS.route,
      passed: [within(lists(500, 1))],
    },
  ];
}

async function measure(
  { caddyPath, rounds, say }: BenchContext,
  name: string,
  passed: readonly JsonObject[],
): Promise<number[]> {
  const port = await freePort();
  const answer = { handle: [{ handler: 'static_response', body: 'ok' }] };
  const server = { listen: [`127.0.0.1:${port}`], automatic_https: { disable: true }, routes: [...passed, answer] };
  const config = { apps: { http: { servers: { calibrate: server } } } };
  const caddy = await startCaddy({ caddyPath, config });
  try {
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { cpu } = await burst({ caddy, port, config: '' }, [requestOf('asked.example.com', '/')], 2_000);
      measured.push(cpu);
    }
    say(`calibrate: ${name}`);
    return measured;
  } finally {
    await caddy.stop();
  }
}
