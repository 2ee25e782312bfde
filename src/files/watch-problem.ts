import { systemReason } from './problem.ts';

/** Why the system no longer tells of changes, so that the files are looked at instead; for the operator. */
export interface WatchProblem {
  readonly code: 'watch-limit' | 'watch-failed';
  readonly message: string;
  readonly hint: string;
}

/**
 * What the system's error means for watching; undefined if it concerns a single path, such as a folder that may not be
 * read: that is told by reading it.
 */
export function watchProblem(error: unknown): WatchProblem | undefined {
  const { code, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  switch (code) {
    case 'ENOSPC':
      return {
        code: 'watch-limit',
        message: 'the limit on watched folders is reached; the files are looked at regularly instead',
        hint: 'raise fs.inotify.max_user_watches with sysctl, then start again',
      };
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return {
        code: 'watch-limit',
        message: `watching is not possible: ${systemReason(error)}; the files are looked at regularly instead`,
        hint: 'raise fs.inotify.max_user_instances with sysctl, or the limit on open files (ulimit -n), then start again',
      };
    case 'EACCES':
    case 'EPERM':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return undefined;
    default:
      return syscall !== 'watch'
        ? undefined
        : {
            code: 'watch-failed',
            message: `watching is not possible here: ${systemReason(error)}; the files are looked at regularly instead`,
            hint: 'for a disk of the network that is expected: --poll says so from the start',
          };
  }
}
