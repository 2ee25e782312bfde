import type { AdminPort } from '../admin/port.ts';
import { RATE_LIMIT_MODULE } from '../caddy/handlers/rate-limit.ts';
import type { RunningCaddy } from '../caddy/target.ts';

/** What the policies may ask for that not every Caddy has. Rejects with an `AdminError`. */
export async function askCaddy(admin: AdminPort): Promise<RunningCaddy> {
  const capabilities = await admin.probe();
  const modules = (await admin.has(RATE_LIMIT_MODULE)) ? [RATE_LIMIT_MODULE] : [];
  return { capabilities, modules: new Set(modules) };
}
