import { dirname, join } from 'node:path';
import { canonical } from '../caddy/json.ts';
import { type FileSystem, systemFiles } from '../files/file-system.ts';
import { privateFolder } from '../files/private-folder.ts';
import type { Plan } from '../plan/plan.ts';
import { writeWhole } from './write-whole.ts';

/**
 * Keeps `apps` and `logging` as they are in Caddy before a forced plan removes what is somebody else's, since nobody else may
 * have a copy: a file beside the history, whose path it gives, and undefined where the plan removes nothing of the kind.
 * Nothing removes these files. Rejects with a system error or a FolderUnusable.
 */
export async function setAside(
  history: string,
  { changes, base }: Plan,
  files: FileSystem = systemFiles,
): Promise<string | undefined> {
  if (!changes.some(({ kind }) => kind === 'take')) return undefined;
  const folder = join(dirname(history), 'taken');
  await privateFolder(folder, files);
  const name = `${new Date().toISOString().replaceAll(':', '-')}.json`;
  const before = { apps: base.apps.value, logging: base.logging.value };
  await writeWhole(files, folder, name, [canonical(before), '\n']);
  return join(folder, name);
}
