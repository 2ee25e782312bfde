import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Target } from '../caddy/target.ts';

/** What a running `caddyctl up` tells of itself, for its next start and for other commands. */
export interface RunningRecord {
  readonly version: typeof version;
  /** Process ids; Caddy's is a new one after each restart. */
  readonly caddyctl: number;
  readonly caddy: number;
  /** Caddy's admin API, as `--admin` takes it. */
  readonly admin: string;
  /** What the policies are compiled for, so that `diff` and `apply` can mean the same. */
  readonly target: Pick<Target, 'owner' | 'httpPort' | 'httpsPort' | 'internalCa'> & {
    readonly listen: Readonly<Record<string, readonly string[]>>;
    readonly secretFiles: Readonly<Record<string, string>>;
  };
}

const version = 2;

/** Replaces the file as a whole; only this user can read it. */
export async function writeRecord(path: string, record: Omit<RunningRecord, 'version'>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, `${JSON.stringify({ version, ...record }, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}

/** Undefined when there is none, or one of another version. What is in it this user has written. */
export async function readRecord(path: string): Promise<RunningRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as RunningRecord;
    const areProcesses = [record.caddyctl, record.caddy].every((pid) => Number.isSafeInteger(pid) && pid > 0);
    return record.version === version && areProcesses ? record : undefined;
  } catch {
    return undefined;
  }
}

export async function removeRecord(path: string): Promise<void> {
  await rm(path, { force: true });
}
