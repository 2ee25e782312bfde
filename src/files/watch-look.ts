import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { findFiles } from './find.ts';
import { readLimits } from './read.ts';

/** What the sources look like from outside: whatever reading them depends on, but for their texts. */
export interface Look {
  /** Per file what tells one version from another, per problem its text. */
  readonly stamps: ReadonlyMap<string, string>;
  readonly empty: ReadonlySet<string>;
  /** Milliseconds that it took. */
  readonly took: number;
}

// A stat without a thread takes 3 µs, with one 30: so they are made in place, but never for long without letting others go on.
const atOnce = 500;
const waiting = 16;

/**
 * Looks at the files that `readSources` would read, by the same walk. `remote`: on a disk that may not answer, which must
 * hold up nobody but the one who looks.
 */
export async function lookAt(paths: readonly string[], remote: boolean): Promise<Look> {
  const began = performance.now();
  const { files, diagnostics } = await findFiles(paths, readLimits);
  const stamps = new Map<string, string>();
  const empty = new Set<string>();
  const take = (path: string, stats: Stats | undefined): void => {
    stamps.set(path, stats === undefined ? 'gone' : stampOf(stats));
    if (stats?.isFile() && stats.size === 0) empty.add(path);
  };
  if (remote) {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let file = files[next++]; file !== undefined; file = files[next++]) {
        take(file.path, await stat(file.path).catch(() => undefined));
      }
    };
    await Promise.all(Array.from({ length: waiting }, worker));
  } else {
    for (const [index, { path }] of files.entries()) {
      if (index % atOnce === atOnce - 1) await setImmediate();
      take(path, statNow(path));
    }
  }
  for (const { code, message, place } of diagnostics) {
    // A path cannot hold a NUL.
    stamps.set(`${place?.file.path}\0${code}`, message);
  }
  return { stamps, empty, took: performance.now() - began };
}

export function looksSame(one: Look, other: Look): boolean {
  return (
    one.stamps.size === other.stamps.size && [...one.stamps].every(([key, stamp]) => other.stamps.get(key) === stamp)
  );
}

function statNow(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** ctime, too: nobody can set it, so a write of the same length with its mtime put back still shows. */
function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}
