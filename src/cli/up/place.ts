import type { RunFolder } from '../../daemon/run-folder.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** Takes the folder of this kind of `up` for this process; ends the command where another one has it. */
export async function claimPlace(folder: RunFolder, say: (line: string) => void): Promise<() => Promise<void>> {
  const { claim } = await import('../../daemon/claim.ts');
  const { FolderUnusable } = await import('../../files/private-folder.ts');
  const claimed = await claim(folder, say).catch((error: unknown) => {
    if (!(error instanceof FolderUnusable)) throw error;
    throw new Failure(exitCodes.unexpected, error.message, 'name another folder with --state-dir');
  });
  switch (claimed.kind) {
    case 'ours':
      return claimed.release;
    case 'held':
      throw new Failure(
        exitCodes.conflict,
        `another caddyctl up${withPid(claimed.pid)} runs with ${folder.path}`,
        'stop that one, or give this one a folder of its own with --state-dir',
      );
    case 'stuck':
      throw new Failure(
        exitCodes.conflict,
        `the Caddy${withPid(claimed.pid)} of a caddyctl that was killed does not end`,
        claimed.pid === undefined ? 'end it, then try again' : `end it with \`kill -9 ${claimed.pid}\`, then try again`,
      );
    default:
      return claimed satisfies never;
  }
}

function withPid(pid: number | undefined): string {
  return pid === undefined ? '' : ` (pid ${pid})`;
}
