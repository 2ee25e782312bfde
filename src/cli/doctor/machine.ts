import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Finding, ok, problem, warning } from './finding.ts';

const MIB = 1024 * 1024;
/** Bytes: a history is bounded by less than the first, an entry of a large set by the second. */
const enough = 200 * MIB;
const least = 20 * MIB;

/** Whether there is room for what caddyctl keeps, there or where the folder would be made. */
export async function disk(folder: string): Promise<Finding[]> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await statfs(at).catch(() => undefined);
    if (found !== undefined) return [room(found.bavail * found.bsize, folder)];
    if (at === dirname(at)) return [];
  }
}

function room(bytes: number, folder: string): Finding {
  const seen = `${Math.floor(bytes / MIB)} MiB are free for ${folder}`;
  if (bytes >= enough) return ok('disk', seen);
  const why = 'on a full disk nothing is remembered of what is applied, and a Caddy there loses its autosaved config';
  const close = `make room: df -h ${folder}`;
  return bytes < least ? problem('disk', seen, why, close) : warning('disk', seen, why, close);
}

/** Milliseconds: Caddy tells whole seconds, and an answer takes time. */
const tolerated = 30_000;

/** By how much Caddy's clock and this one's differ. */
export function clock(caddys: number | undefined, now: number): Finding[] {
  if (caddys === undefined) return [];
  const seconds = Math.round(Math.abs(caddys - now) / 1_000);
  if (seconds * 1_000 <= tolerated) return [ok('clock', 'the clocks of Caddy and caddyctl agree')];
  const why = 'certificates and the times in a history are judged by clocks';
  const seen = `the clocks of Caddy and caddyctl are ${seconds} seconds apart`;
  return [warning('clock', seen, why, 'set both by the network: timedatectl set-ntp true')];
}
