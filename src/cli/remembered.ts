import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { By } from '../history/entry.ts';
import type { History } from '../history/history.ts';
import { programVersion } from './version.ts';

/** The history of an owner in the state folder that the flags and the environment name. Touches nothing yet. */
export async function historyOf(owner: string, stateDir: string | undefined, env: NodeJS.ProcessEnv): Promise<History> {
  const { defaultStateFolder } = await import('../daemon/run-folder.ts');
  const { openHistory } = await import('../history/history.ts');
  return openHistory(join(stateDir ?? defaultStateFolder(env), owner, 'history'));
}

/** Who runs this command. */
export function by(command: string): By {
  return { user: userName(), command, version: programVersion };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no user has.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
