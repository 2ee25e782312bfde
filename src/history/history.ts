import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CaddyConfig } from '../caddy/translate.ts';
import { type FileSystem, systemFiles } from '../files/file-system.ts';
import { hasPrivateFolder, privateFolder } from '../files/private-folder.ts';
import { hasCode, systemReason } from '../files/problem.ts';
import { type DecodedEntry, decodeEntry, encodeEntry, isGood, type NewEntry, type StoredEntry } from './entry.ts';
import type { KeptCheck } from './kept-check.ts';
import { KnownEntries } from './known-entries.ts';
import { decodePin, encodePin, type Pin } from './pin.ts';
import { historyLimits, type Limits, type Sized, surplus } from './surplus.ts';
import { decodeTrial, encodeTrial, type Trial } from './trial.ts';
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
  /** What of it was to be checked. */
  checks(entry: StoredEntry): Promise<readonly KeptCheck[]>;
  /** Keeps it whatever happens afterwards, and then makes room. Gives what is there and cannot be believed, a sentence each. */
  record(entry: NewEntry, config: CaddyConfig, checks?: readonly KeptCheck[]): Promise<readonly string[]>;
  readPin(): Promise<Pin | undefined>;
  /** Replaces the pin, or takes it off. */
  writePin(pin: Pin | undefined): Promise<void>;
  readTrial(): Promise<Trial | undefined>;
  /** Replaces the trial, or ends it. */
  writeTrial(trial: Trial | undefined): Promise<void>;
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
  const known = new KnownEntries();

  /** Without it there is nothing to read; what somebody else could have written is not believed. */
  const isThere = (): Promise<boolean> => hasPrivateFolder(folder, files);

  async function readAll(): Promise<{ readonly sized: readonly Sized[]; readonly problems: readonly string[] }> {
    const sized: Sized[] = [];
    const problems: string[] = [];
    const names = ((await isThere()) ? await files.readdir(folder) : []).filter(isEntryName);
    known.only(names);
    for (const name of names.toSorted().toReversed()) {
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
      const before = known.find(name, found);
      if (before !== undefined) return { name, bytes, ...before };
      const decoded = decodeEntry(await files.readFile(join(folder, name), 'utf8'));
      const read = typeof decoded === 'string' ? { problem: decoded } : { entry: { ...decoded.entry, name } };
      return { name, bytes, ...known.keep(name, found, read) };
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
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

  /** Of the entry that was written or asked for last: its file is written once. */
  let lastChecks: { readonly name: string; readonly checks: readonly KeptCheck[] } | undefined;

  async function decoded({ name }: StoredEntry): Promise<DecodedEntry> {
    const path = join(folder, name);
    const found = decodeEntry(await files.readFile(path, 'utf8'));
    if (typeof found === 'string') throw new HistoryDamaged(`${path} ${found}`);
    if (!isGood(found.entry)) throw new TypeError(`no config was kept in ${name}`);
    return found;
  }

  /** What such a file said last: it is read several times in a pass. */
  const singles = new Map<string, { readonly text: string; readonly found: object }>();

  /** A file of which there is one. */
  async function readSingle<T extends object>(
    name: string,
    decode: (text: string) => T | string,
  ): Promise<T | undefined> {
    const path = join(folder, name);
    const text = (await isThere()) ? await files.readFile(path, 'utf8').catch(ignoreAbsent) : undefined;
    const before = singles.get(name);
    if (text !== undefined && before?.text === text) return before.found as T;
    const found = text === undefined ? undefined : decode(text);
    if (typeof found === 'string') throw new HistoryDamaged(`${path} ${found}`);
    if (text === undefined || found === undefined) singles.delete(name);
    else singles.set(name, { text, found });
    return found;
  }

  async function writeSingle(name: string, pieces: readonly string[] | undefined): Promise<void> {
    if (pieces !== undefined) {
      await privateFolder(folder, files);
      await writeWhole(files, folder, name, pieces);
    } else if ((await isThere()) && (await files.lstat(join(folder, name)).catch(ignoreAbsent)) !== undefined) {
      await removed(name);
      await syncFolder(files, folder);
    }
  }

  return {
    folder,
    async read() {
      const { sized, problems } = await readAll();
      return { entries: sized.flatMap(({ entry }) => entry ?? []), problems };
    },
    async config(entry) {
      return JSON.parse((await decoded(entry)).config) as CaddyConfig;
    },
    async checks(entry) {
      const { name } = entry;
      if (lastChecks?.name !== name) {
        lastChecks = { name, checks: JSON.parse((await decoded(entry)).checks) as KeptCheck[] };
      }
      return lastChecks.checks;
    },
    async record(entry, config, checks = []) {
      await privateFolder(folder, files);
      const last = (await files.readdir(folder)).filter(isEntryName).toSorted().at(-1);
      const [name, whole] = [entryName(last), { time: now().toISOString(), ...entry }];
      await writeWhole(files, folder, name, encodeEntry(whole, config, checks));
      const found = await files.lstat(join(folder, name)).catch(ignoreAbsent);
      if (found !== undefined) known.keep(name, found, { entry: { ...whole, name } });
      lastChecks = { name, checks };
      return await makeRoom();
    },
    readPin: () => readSingle(PIN, decodePin),
    writePin: (pin) => writeSingle(PIN, pin && encodePin(pin)),
    readTrial: () => readSingle(TRIAL, decodeTrial),
    writeTrial: (trial) => writeSingle(TRIAL, trial && encodeTrial(trial)),
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

function ignoreAbsent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

const PIN = 'pin';
const TRIAL = 'trial';
const DIGITS = 12;
const HOUR = 3_600_000;
/** Far more than the config of 100,000 routes, and what one string can hold. */
const MOST_BYTES = 256 * 1024 * 1024;
