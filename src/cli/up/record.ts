import type { Target } from '../../caddy/target.ts';
import type { ManagedCaddy } from '../../daemon/managed-caddy.ts';
import { writeRecord } from '../../daemon/running-record.ts';

/** Tells other commands, and the next start, what runs here. Rejects with a system error. */
export async function recordRunning(path: string, caddy: ManagedCaddy, target: Target): Promise<void> {
  const { owner, httpPort, httpsPort, internalCa } = target;
  const listen = Object.fromEntries([...(target.listen ?? [])].map(([from, to]) => [from, [...to]]));
  const secretFiles = Object.fromEntries(target.secretFiles ?? []);
  const shared = { owner, httpPort, httpsPort, internalCa, listen, secretFiles };
  await writeRecord(path, { caddyctl: process.pid, caddy: caddy.pid, admin: caddy.admin.address, target: shared });
}
