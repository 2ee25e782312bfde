import { endLeftBehind } from './left-behind.ts';
import { makeRunFolder, type RunFolder } from './run-folder.ts';
import { takeRunLock } from './run-lock.ts';
import { readRecord, removeRecord } from './running-record.ts';

export type Claim =
  | { readonly kind: 'ours'; readonly release: () => Promise<void> }
  /** Another caddyctl that runs has it. */
  | { readonly kind: 'held'; readonly pid: number | undefined }
  /** The Caddy of one that was killed does not end. */
  | { readonly kind: 'stuck'; readonly pid: number | undefined };

/** Makes the folder this process's own, and ends what a killed one left in it. Throws FolderUnusable. */
export async function claim(folder: RunFolder, say: (line: string) => void): Promise<Claim> {
  await makeRunFolder(folder);
  const lock = await takeRunLock(folder.lockSocket);
  if (lock === undefined) return { kind: 'held', pid: (await readRecord(folder.record))?.caddyctl };
  const left = await endLeftBehind(folder);
  const pid = left.kind === 'none' || left.pid === undefined ? '' : ` (pid ${left.pid})`;
  switch (left.kind) {
    case 'stuck':
      await lock.release();
      return { kind: 'stuck', pid: left.pid };
    case 'ended':
      say(`an earlier caddyctl was killed and left its Caddy running${pid}; that one has been stopped`);
      break;
    case 'none':
      break;
    default:
      return left satisfies never;
  }
  return {
    kind: 'ours',
    async release() {
      await removeRecord(folder.record);
      await lock.release();
    },
  };
}
