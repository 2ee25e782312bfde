import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Secrets that nobody else can have written, and where each was put. */
export interface Canaries {
  /** A new one. */
  put(where: string): string;
  /** Another form in which one would be as bad, such as its hash. */
  also(where: string, form: string): string;
  /** Each that stands in one of the texts, with where it was put and where it came out. */
  foundIn(texts: Readonly<Record<string, string>>): string[];
  readonly count: () => number;
}

export function createCanaries(): Canaries {
  const put = new Map<string, string>();
  const also = (where: string, form: string): string => {
    put.set(form, where);
    return form;
  };
  return {
    also,
    put: (where) => also(where, `canary${randomBytes(9).toString('hex')}`),
    foundIn: (texts) =>
      Object.entries(texts).flatMap(([name, text]) =>
        [...put].filter(([form]) => text.includes(form)).map(([, where]) => `${where} is in ${name}`),
      ),
    count: () => put.size,
  };
}

/** The text of each file below a folder, by its path. */
export async function textsBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path, await readFile(path, 'latin1')] as const)),
  );
}
