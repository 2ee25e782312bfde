import type { AdminPort } from '../admin/port.ts';
import type { Bases } from '../plan/plan.ts';

/** Both scopes as they are now. Rejects with an `AdminError`. */
export async function readBases(admin: AdminPort): Promise<Bases> {
  const [apps, logging] = await Promise.all([admin.read('apps'), admin.read('logging')]);
  return { apps, logging };
}
