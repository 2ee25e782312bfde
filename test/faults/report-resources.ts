import { readdirSync, renameSync, writeFileSync } from 'node:fs';

/*
 * Loaded into a caddyctl by `--import`: writes to $RESOURCES, once a second, what it holds.
 */

/** What a process holds. */
export interface Resources {
  readonly rss: number;
  readonly heap: number;
  readonly fds: number;
  /** Timers that keep it alive. */
  readonly timers: number;
  readonly handles: number;
}

function resources(): Resources {
  const { rss, heapUsed } = process.memoryUsage();
  const kinds = process.getActiveResourcesInfo();
  const timers = kinds.filter((kind) => kind === 'Timeout').length;
  return { rss, heap: heapUsed, fds: readdirSync('/proc/self/fd').length, timers, handles: kinds.length - timers };
}

const file = process.env['RESOURCES'];
if (file !== undefined) {
  const report = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(resources()));
    renameSync(`${file}.new`, file);
  };
  report();
  setInterval(report, 1_000).unref();
}
