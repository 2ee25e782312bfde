import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { startApps } from './apps.ts';
import { type Contender, memoryOf, startContenders } from './contenders.ts';
import { median } from './figures.ts';
import { requestOf } from './load.ts';
import type { BenchContext, BenchResult } from './row.ts';
import { caddyfileOf, openSites, policiesOf } from './sites.ts';

const OPEN = 500;

/** MiB by which Caddy grows while so many clients keep a connection on which they asked for this host. */
interface Growth {
  readonly adapt: number[];
  readonly auto: number[];
}

/** What open connections cost: what a request has passed stays with it, and a Caddyfile's passes every site. */
export async function connectionsRow(context: BenchContext): Promise<BenchResult> {
  const apps = await startApps(context.caddyPath);
  const raw = new Map<string, Growth>();
  try {
    for (const size of context.sizes) {
      const hosts = openSites(size).map(({ host }) => host);
      const last = hosts.findLast((host) => !host.startsWith('*.')) ?? '';
      for (const [kind, host] of [
        ['last', last],
        ['unknown', 'nobody.example.com'],
      ] as const) {
        raw.set(`${size} ${kind}`, await measure(context, size, host));
        context.say(`connections, ${size} sites, ${kind}: done`);
      }
    }
  } finally {
    await apps.stop();
  }
  return {
    about: `Caddy's memory for ${OPEN} open connections to the last and to an unknown host; MiB.`,
    head: ['sites, host', 'adapt', 'auto', 'ratio'],
    rows: [...raw].map(([name, { adapt, auto }]) => {
      const [one, other] = [median(adapt), median(auto)];
      return [name, one.toFixed(1), other.toFixed(1), `${(other / one).toFixed(3)}×`];
    }),
    raw: Object.fromEntries(raw),
  };
}

async function measure({ caddyPath, rounds }: BenchContext, size: number, host: string): Promise<Growth> {
  const sites = openSites(size);
  const said = {
    policies: policiesOf(sites, 1, 'off')[0]?.text ?? '',
    caddyfile: (port: number) => caddyfileOf(sites, port),
  };
  const growth: Growth = { adapt: [], auto: [] };
  // A heap that has grown does not grow again, so each round is a Caddy of its own.
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const contenders = await startContenders(caddyPath, said, ['adapt', 'auto']);
    try {
      for (const name of ['adapt', 'auto'] as const) {
        const contender = contenders.get(name);
        if (contender !== undefined) growth[name].push(await growthOf(contender, host));
      }
    } finally {
      await Promise.all([...contenders.values()].map(({ caddy }) => caddy.stop()));
    }
  }
  return growth;
}

async function growthOf({ caddy, port }: Contender, host: string): Promise<number> {
  // What loading has left is given back first.
  await setTimeout(3_000);
  const before = await memoryOf(caddy.pid);
  const open: Socket[] = [];
  for (let count = 0; count < OPEN; count++) {
    const socket = connect({ host: '127.0.0.1', port });
    open.push(socket);
    socket.write(requestOf(host, '/'));
    await once(socket, 'data');
  }
  const after = await memoryOf(caddy.pid);
  for (const socket of open) socket.destroy();
  return Math.max(0, after - before);
}
