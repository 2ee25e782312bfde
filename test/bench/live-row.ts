import { setTimeout } from 'node:timers/promises';
import { http1 } from '../support/client/http1.ts';
import { startApps } from './apps.ts';
import { median } from './figures.ts';
import { barePost } from './live/bare-post.ts';
import { caddyfile } from './live/caddyfile.ts';
import { daemon } from './live/daemon.ts';
import { nginx } from './live/nginx.ts';
import { liveHost, type Way, type WayParts } from './live/way.ts';
import type { BenchContext, BenchResult } from './row.ts';
import { obtainNginx } from './obtain-nginx.ts';
import { openSites } from './sites.ts';

interface Measured {
  /** Milliseconds from saving to the new answer. */
  readonly ms: number[];
  /** MiB of what stays beside the server, after each round. */
  readonly memory: number[];
}

const startsWithin = 120_000;
/** What follows a load within two seconds is paced, and the checks of a push end after one: each save is one by itself. */
const apart = 2_500;
const calm = 1_500;

/** How long a saved change takes to be served, among so many sites, a file each up to a thousand. */
export async function liveRow(context: BenchContext): Promise<BenchResult> {
  const raw = new Map<number, Map<string, Measured>>();
  const apps = await startApps(context.caddyPath);
  try {
    for (const size of context.sizes) raw.set(size, await measure(context, size));
  } finally {
    await apps.stop();
  }
  const names = [...new Set([...raw.values()].flatMap((ways) => [...ways.keys()]))];
  return {
    about: 'From a saved file to the new answer, beside the final JSON sent by hand, a Caddyfile, and nginx; ms.',
    head: ['sites', ...names, 'ratio to POST', 'RSS MiB of the daemon'],
    rows: [...raw].map(([size, ways]) => {
      const of = (name: string): number => median(ways.get(name)?.ms ?? []);
      const memory = ways.get('caddyctl')?.memory ?? [];
      return [
        `${size}`,
        ...names.map((name) => of(name).toFixed(0)),
        `${(of('caddyctl') / of('bare POST')).toFixed(2)}×`,
        `${memory[0]?.toFixed(0)} → ${memory.at(-1)?.toFixed(0)}`,
      ];
    }),
    raw: Object.fromEntries([...raw].map(([size, ways]) => [size, Object.fromEntries(ways)])),
  };
}

async function measure({ caddyPath, rounds, say }: BenchContext, size: number): Promise<Map<string, Measured>> {
  const parts: WayParts = { caddyPath, sites: openSites(size), files: Math.min(size, 1_000) };
  const measured = new Map<string, Measured>();
  const ways: Way[] = [];
  try {
    ways.push(await daemon(parts, 'caddyctl', []));
    ways.push(await daemon(parts, 'without checks', ['--no-verify']));
    ways.push(await barePost(parts));
    ways.push(await caddyfile(parts, 'reload'));
    ways.push(await caddyfile(parts, 'watch'));
    const nginxPath = await obtainNginx(say);
    if (nginxPath !== undefined) ways.push(await nginx(parts, nginxPath));
    for (const { name } of ways) measured.set(name, { ms: [], memory: [] });
    // Whoever has just started gets its first change without being measured.
    for (let round = 0; round <= rounds; round++) {
      await setTimeout(apart);
      for (const way of ways) {
        // What the one before does once it has answered must not count against this one.
        await setTimeout(calm);
        const body = `round-${round}`;
        const begun = performance.now();
        await way.change(body);
        await serves(way.port, body, begun + startsWithin);
        if (round > 0) measured.get(way.name)?.ms.push(performance.now() - begun);
        const memory = await way.memory?.();
        if (memory !== undefined) measured.get(way.name)?.memory.push(memory);
      }
      say(`live, ${size} sites: round ${round} of ${rounds}`);
    }
    return measured;
  } finally {
    await Promise.all(ways.map((way) => way.stop()));
  }
}

async function serves(port: number, body: string, until: number): Promise<void> {
  while (performance.now() < until) {
    const answer = await http1({ host: liveHost, port }).catch(() => undefined);
    if (answer?.status === 200 && answer.body === body) return;
    // Asked as fast as it can be, the server that takes the change would get half of the machine.
    await setTimeout(5);
  }
  throw new Error(`${liveHost} does not answer ${body}`);
}
