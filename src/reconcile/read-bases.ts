import type { AdminPort } from '../admin/port.ts';
import type { Bases } from '../plan/plan.ts';

/** Both scopes as they are now. Rejects with an `AdminError`. */
export async function readBases(admin: AdminPort): Promise<Bases> {
  const apps = await admin.read('apps');
  return { apps, logging: await admin.read('logging') };
}
