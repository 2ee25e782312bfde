import { dirname, join } from 'node:path';
import { type FileSystem, systemFiles } from '../files/file-system.ts';
import { hasPrivateFolder, privateFolder } from '../files/private-folder.ts';
import { decodeMeaning, encodeMeaning, type Meaning } from './meaning-text.ts';
import { writeWhole } from './write-whole.ts';

/** What revisions were made of, beside the history, for those who ask what would change: nothing that is served depends on it. */
export interface Meanings {
  /** Rejects with a system error or a FolderUnusable. */
  keep(revision: string, meaning: Meaning): Promise<void>;
  /** Undefined where there is none that can be believed. */
  find(revision: string): Promise<Meaning | undefined>;
}

/** So many revisions back something can be compared. */
const MOST = 20;

/** Where they are kept, by the folder of the history. */
export function meaningsBeside(history: string): string {
  return join(dirname(history), 'meanings');
}

/** Touches nothing yet. */
export function openMeanings(folder: string, files: FileSystem = systemFiles): Meanings {
  let last: string | undefined;
  const isThere = async (revision: string): Promise<boolean> =>
    await files.lstat(join(folder, revision)).then(
      (found) => found.isFile(),
      () => false,
    );
  return {
    async keep(revision, meaning) {
      if (!isRevision(revision)) throw new TypeError(`no revision: ${revision}`);
      if (revision === last && (await isThere(revision))) return;
      await privateFolder(folder, files);
      await writeWhole(files, folder, revision, encodeMeaning(meaning));
      await forgetOldest(folder, files);
      last = revision;
    },
    async find(revision) {
      try {
        if (!isRevision(revision) || !(await hasPrivateFolder(folder, files))) return undefined;
        return decodeMeaning(await files.readFile(join(folder, revision), 'utf8'));
      } catch {
        // What cannot be read is not known: then only structures are compared, which says less and no lie.
        return undefined;
      }
    },
  };
}

async function forgetOldest(folder: string, files: FileSystem): Promise<void> {
  const names = (await files.readdir(folder)).filter(isRevision);
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await files.lstat(join(folder, name))).mtimeMs })),
  );
  for (const { name } of aged.toSorted((a, b) => b.at - a.at).slice(MOST)) await files.unlink(join(folder, name));
}

function isRevision(name: string): boolean {
  return /^[0-9a-f]{8,64}$/.test(name);
}
