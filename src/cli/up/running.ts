import type { Target } from '../../caddy/target.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** What a running `caddyctl up --local` tells of itself. */
export interface RunningLocal {
  /** As `--admin` takes it. */
  readonly admin: string;
  readonly target: Omit<Target, 'env'>;
  /** Of its own CA, PEM; undefined while there is none. */
  readonly rootCertificate: string | undefined;
}

/** Asks for the one that has this state folder; ends the command where none runs. */
export async function runningLocal(stateDir: string | undefined, env: NodeJS.ProcessEnv): Promise<RunningLocal> {
  const { defaultStateFolder, runFolder } = await import('../../daemon/run-folder.ts');
  const { isAnswered } = await import('../../daemon/run-lock.ts');
  const { readRecord } = await import('../../daemon/running-record.ts');
  const { readRootCertificate, rootCertificatePath } = await import('../../daemon/root-certificate.ts');
  const folder = runFolder(stateDir ?? defaultStateFolder(env), 'local');
  const record = await readRecord(folder.record);
  if (record === undefined || !(await isAnswered(folder.lockSocket))) {
    const message = `no \`caddyctl up --local\` runs with ${folder.path}`;
    throw new Failure(exitCodes.unreachable, message, 'start one, or leave --local out and say --admin');
  }
  const { listen, secretFiles, ...target } = record.target;
  const maps = { listen: new Map(Object.entries(listen)), secretFiles: new Map(Object.entries(secretFiles)) };
  const rootCertificate = await readRootCertificate(rootCertificatePath({ XDG_DATA_HOME: folder.data }));
  return { admin: record.admin, target: { ...target, ...maps }, rootCertificate };
}
