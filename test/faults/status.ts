import { join } from 'node:path';
import { askAdmin } from '../support/admin-request.ts';
import type { Scene } from './scene.ts';

/** As the daemon tells it. */
export async function healthOf(scene: Scene): Promise<{ readonly state: string; readonly reasons: readonly string[] }> {
  const { json } = await askAdmin({ socketPath: statusOf(scene) }, 'GET', '/api/status');
  const { state, reasons } = json as { state: string; reasons: { reason: string }[] };
  return { state, reasons: reasons.map(({ reason }) => reason) };
}

/** For `--status unix/…`. */
export function statusOf({ folder }: Scene): string {
  return join(folder, 'status');
}
