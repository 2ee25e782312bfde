import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Builds the program as it is published into a folder, and gives what is started there. */
export async function bundleIn(folder: string): Promise<string> {
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../.ci/build.mjs'), folder]);
  return join(folder, 'bin/caddyctl.cjs');
}
