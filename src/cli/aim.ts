import type { AdminPort } from '../admin/port.ts';
import type { Target } from '../caddy/target.ts';
import type { Log } from '../log.ts';
import { loggedAdmin } from './logged-admin.ts';
import { openAdmin } from './open-admin.ts';
import type { AdminSettings } from './settings.ts';
import { runningLocal } from './up/running.ts';
import type { LocalSettings } from './up/settings.ts';

/** The Caddy that the flags mean. */
export interface Aim {
  readonly admin: AdminPort;
  /** As routes would dial its admin API: none may lead there. */
  readonly dialAddresses: readonly string[];
  /** With `--local`, in place of what the flags say: what it was started with. */
  readonly target: Omit<Target, 'env'> | undefined;
}

/** Sends nothing to it yet; ends the command where the flags cannot be meant. */
export async function aim(settings: AdminSettings & LocalSettings, env: NodeJS.ProcessEnv, log: Log): Promise<Aim> {
  const local = settings.local ? await runningLocal(settings.stateDir, env) : undefined;
  const { admin, dialAddresses } = await openAdmin({ ...settings, ...(local && { admin: local.admin }) });
  return { admin: loggedAdmin(admin, log), dialAddresses, target: local?.target };
}
