import { open, unlink } from 'node:fs/promises';
import { systemReason } from '../../../files/problem.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { Bundle } from './bundle.ts';

/** Writes it for this user alone, to a file that was not there before; ends the command where that cannot be. */
export async function writeBundle(path: string, bundle: Bundle): Promise<void> {
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new Failure(exitCodes.refused, `${path} is there already, and is not overwritten`, 'choose another name');
    }
    throw unwritten(path, error);
  });
  try {
    await handle.writeFile(`${JSON.stringify(bundle, null, 2)}\n`);
  } catch (error) {
    await unlink(path).catch(() => {});
    throw unwritten(path, error);
  } finally {
    await handle.close();
  }
}

function unwritten(path: string, error: unknown): Failure {
  return new Failure(exitCodes.unexpected, `${path} cannot be written: ${systemReason(error)}`);
}
