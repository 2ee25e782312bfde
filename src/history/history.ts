import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CaddyConfig } from '../caddy/translate.ts';
import { type FileSystem, systemFiles } from '../files/file-system.ts';
import { hasPrivateFolder, privateFolder } from '../files/private-folder.ts';
import { systemReason } from '../files/problem.ts';
import { decodeEntry, encodeEntry, isGood, type NewEntry, type StoredEntry } from './entry.ts';
import { decodePin, encodePin, type Pin } from './pin.ts';
import { historyLimits, type Limits, type Sized, surplus } from './surplus.ts';
import { syncFolder, UNFINISHED, writeWhole } from './write-whole.ts';

/** Something in the history cannot be believed. The message is a sentence for an operator. */
export class HistoryDamaged extends Error {
  override readonly name = 'HistoryDamaged';
}

/**
 * What Caddy was given, in a folder of files that are written once, each by a name of its own: writers need no lock, and one
 * that is killed leaves nothing that counts. The folder is made by the first write. Methods reject with a system error, a
 * FolderUnusable or a HistoryDamaged, and nothing that Caddy serves may depend on them.
 */
export interface History {
  readonly folder: string;
  read(): Promise<Recollection>;
  /** What Caddy was given then, checked again. */
  config(entry: StoredEntry): Promise<CaddyConfig>;
  /** Keeps it whatever happens afterwards, and then makes room. Gives what is there and cannot be believed, a sentence each. */
  record(entry: NewEntry, config: CaddyConfig): Promise<readonly string[]>;
  readPin(): Promise<Pin | undefined>;
  /** Replaces the pin, or takes it off. */
  writePin(pin: Pin | undefined): Promise<void>;
}

interface Recollection {
  /** Newest first. */
  readonly entries: readonly StoredEntry[];
  /** What is there and cannot be believed, a sentence each. */
  readonly problems: readonly string[];
}

export interface HistoryParts {
  readonly files?: FileSystem;
  readonly limits?: Limits;
  readonly now?: () => Date;
}

/** Touches nothing yet. */
export function openHistory(folder: string, parts: HistoryParts = {}): History {
  const { files = systemFiles, limits = historyLimits, now = () => new Date() } = parts;
  const pinFile = join(folder, PIN);

  /** Without it there is nothing to read; what somebody else could have written is not believed. */
  const isThere = (): Promise<boolean> => hasPrivateFolder(folder, files);

  async function readAll(): Promise<{ readonly sized: readonly Sized[]; readonly problems: readonly string[] }> {
    const sized: Sized[] = [];
    const problems: string[] = [];
    const names = (await isThere()) ? await files.readdir(folder) : [];
    for (const name of names.filter(isEntryName).toSorted().toReversed()) {
      const found = await readOne(name);
      if (found === undefined) continue;
      sized.push(found);
      if (found.problem !== undefined) problems.push(`${join(folder, name)} ${found.problem}`);
    }
    return { sized, problems };
  }

  /** Undefined when another writer has removed it meanwhile. */
  async function readOne(name: string): Promise<(Sized & { readonly problem?: string }) | undefined> {
    try {
      // Asked first: a pipe would never end, and a file as large as a disk would not fit.
      const found = await files.lstat(join(folder, name));
      const bytes = found.size;
      if (!found.isFile() || bytes > MOST_BYTES) return { name, bytes, problem: 'is none of ours' };
      const decoded = decodeEntry(await files.readFile(join(folder, name), 'utf8'));
      if (typeof decoded === 'string') return { name, bytes, problem: decoded };
      return { name, bytes, entry: { ...decoded.entry, name } };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      return { name, bytes: 0, problem: `cannot be read: ${systemReason(error)}` };
    }
  }

  async function makeRoom(): Promise<readonly string[]> {
    const { sized, problems } = await readAll();
    for (const { name } of surplus(sized, limits)) await removed(name);
    const leftovers = (await files.readdir(folder)).filter((name) => UNFINISHED.test(name));
    for (const name of leftovers) if (await isOld(name)) await removed(name);
    return problems;
  }

  /** What is younger may be a writer's that is still at it. */
  async function isOld(name: string): Promise<boolean> {
    const found = await files.lstat(join(folder, name)).catch(ignoreAbsent);
    return found !== undefined && now().getTime() - found.mtimeMs > HOUR;
  }

  async function removed(name: string): Promise<void> {
    await files.unlink(join(folder, name)).catch(ignoreAbsent);
  }

  return {
    folder,
    async read() {
      const { sized, problems } = await readAll();
      return { entries: sized.flatMap(({ entry }) => entry ?? []), problems };
    },
    async config({ name }) {
      const path = join(folder, name);
      const decoded = decodeEntry(await files.readFile(path, 'utf8'));
      if (typeof decoded === 'string') throw new HistoryDamaged(`${path} ${decoded}`);
      if (!isGood(decoded.entry)) throw new TypeError(`no config was kept in ${name}`);
      return JSON.parse(decoded.config) as CaddyConfig;
    },
    async record(entry, config) {
      await privateFolder(folder, files);
      const last = (await files.readdir(folder)).filter(isEntryName).toSorted().at(-1);
      const text = encodeEntry({ time: now().toISOString(), ...entry }, config);
      await writeWhole(files, folder, entryName(last), text);
      return await makeRoom();
    },
    async readPin() {
      const text = (await isThere()) ? await files.readFile(pinFile, 'utf8').catch(ignoreAbsent) : undefined;
      if (text === undefined) return undefined;
      const pin = decodePin(text);
      if (typeof pin === 'string') throw new HistoryDamaged(`${pinFile} ${pin}`);
      return pin;
    },
    async writePin(pin) {
      if (pin !== undefined) {
        await privateFolder(folder, files);
        await writeWhole(files, folder, PIN, encodePin(pin));
      } else if ((await isThere()) && (await files.lstat(pinFile).catch(ignoreAbsent)) !== undefined) {
        await removed(PIN);
        await syncFolder(files, folder);
      }
    },
  };
}

/**
 * Numbered, not dated: the order stays when a clock is set back. Two writers may take the same number, so each adds a part
 * of its own.
 */
function entryName(last: string | undefined): string {
  const number = Number(last?.slice(0, DIGITS) ?? 0) + 1;
  return `${String(number).padStart(DIGITS, '0')}-${randomBytes(6).toString('hex')}`;
}

function isEntryName(name: string): boolean {
  return /^\d{12}-[0-9a-f]{12}$/.test(name);
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function ignoreAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

const PIN = 'pin';
const DIGITS = 12;
const HOUR = 3_600_000;
/** Far more than the config of 100,000 routes, and what one string can hold. */
const MOST_BYTES = 256 * 1024 * 1024;
