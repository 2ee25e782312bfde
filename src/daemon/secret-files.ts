import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateFolder } from '../files/private-folder.ts';

/** Files of secrets that live as long as one run. */
export interface SecretFiles {
  /** Gives the file's path. */
  keep(variable: string, text: string): Promise<string>;
  removeAll(): Promise<void>;
}

/** Below a folder of our own; what an earlier run left there is removed. Throws FolderUnusable. */
export async function openSecretFiles(folder: string): Promise<SecretFiles> {
  const removeAll = (): Promise<void> => rm(folder, { recursive: true, force: true });
  await removeAll();
  await privateFolder(folder);
  return {
    removeAll,
    async keep(variable, text) {
      const path = join(folder, variable);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
  };
}
