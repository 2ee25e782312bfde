import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Run } from '../support/up.ts';

const run = promisify(execFile);

/** Why nothing can be mounted here; undefined where it can be, by any user in a namespace of one's own. */
export async function noMounts(): Promise<string | undefined> {
  try {
    await run('unshare', ['-Urm', 'true']);
    return undefined;
  } catch (error) {
    return `this user may not mount: ${error instanceof Error ? error.message.trim().split('\n').at(-1) : ''}`;
  }
}

/** For `under`: what is started sees what `mounts` mounted, and nobody else does. Shell words, one command a line. */
export function mounted(mounts: string): readonly string[] {
  return ['unshare', '-Urm', 'sh', '-c', `set -e\n${mounts}\nexec "$@"`, 'sh'];
}

/** Runs a command, such as `mount` or `umount`, with what this process sees. */
export async function inMountsOf({ pid }: Run, command: string, ...args: readonly string[]): Promise<void> {
  await run('nsenter', ['--preserve-credentials', '-U', '-m', '-t', `${pid}`, command, ...args]);
}
