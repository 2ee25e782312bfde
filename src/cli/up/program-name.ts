import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { projectFolder } from '../project-folder.ts';
import { quoted } from './advice.ts';

/** How this program is typed in the folder where it was started, so that what it tells to type works as it stands. */
export function programName(env: NodeJS.ProcessEnv, folder: string): string {
  const places = (env['PATH'] ?? '').split(delimiter).filter((place) => place !== '');
  if (places.some((place) => isExecutable(join(place, 'caddyctl')))) return 'caddyctl';
  // In its own project npm knows where it is.
  if (resolve(folder) === projectFolder) return 'npx caddyctl';
  // Another Node that is on the PATH may be too old.
  return `${quoted(process.execPath)} ${quoted(process.argv[1] ?? '')}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
