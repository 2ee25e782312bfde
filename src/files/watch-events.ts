import { watch } from 'chokidar';
import { basename, join } from 'node:path';
import { anchorsOf } from './anchor.ts';
import { isPolicyFile } from './policy-file.ts';
import { concernOf, watchedTwice } from './watch-concern.ts';

export interface EventHandlers {
  /** Something that concerns the paths may have changed. */
  readonly onEvent: () => void;
  /** The system refused something; part of the paths may not be watched. */
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Resolves when the system tells of each change of the paths from now on; to a function that ends it. */
export async function watchEvents(
  paths: readonly string[],
  { onEvent, onError, signal }: EventHandlers,
): Promise<() => Promise<void>> {
  const concern = concernOf(paths);
  const isWatchedTwice = watchedTwice(paths, concern);
  const watcher = watch([...(await anchorsOf(paths))], {
    ignored(path, stats) {
      if (!concern.covers(path)) return true;
      return stats?.isFile() ? !concern.isSource(path) : stats?.isSymbolicLink() === true && isWatchedTwice(path);
    },
    ignoreInitial: true,
    ignorePermissionErrors: true,
    // It would hold deletions back for 100 ms.
    atomic: false,
  });
  watcher.on('error', onError);
  watcher.on('all', onEvent);
  // As the system tells it: at once, where a file is written often, and of the links that are not followed.
  watcher.on('raw', (event, name, details) => {
    const watched = watchedPathOf(details);
    const path = join(watched, name ?? '');
    const isTelling = event === 'rename' || concern.isSource(path) || isPolicyFile(basename(watched));
    if (concern.isOnTheWay(path) || (isTelling && concern.isBelow(path))) onEvent();
  });
  await new Promise<void>((resolve) => {
    const begun = (): void => {
      signal.removeEventListener('abort', begun);
      resolve();
    };
    watcher.once('ready', begun);
    signal.addEventListener('abort', begun);
    if (signal.aborted) begun();
  });
  return async () => await watcher.close();
}

/** Where the watch is that a raw event comes from, by the path under which it was reached; when polling it has none. */
function watchedPathOf(details: unknown): string {
  const isKnown = typeof details === 'object' && details !== null && 'watchedPath' in details;
  return isKnown && typeof details.watchedPath === 'string' ? details.watchedPath : '';
}
