import type { AdminPort } from '../admin/port.ts';
import { ifAnswered } from '../admin/wire.ts';
import { visible } from '../diagnostics/visible.ts';
import { closingServers } from '../plan/closing.ts';
import type { Plan } from '../plan/plan.ts';

/** What a push costs those who hold a WebSocket open on one of Caddy's servers: how many at most, or why that is not known. */
export type Closed = { readonly server: string } & ({ readonly atMost: number } | { readonly unknown: string });

/** Nothing where nothing is closed. Asks Caddy only where something may be. */
export async function reloadCost({ base, isNoop }: Plan, admin: AdminPort): Promise<readonly Closed[]> {
  const closing = isNoop ? [] : closingServers(base.apps.value);
  if (closing.length === 0) return [];
  const open = await ifAnswered(admin.openRequests());
  return closing.flatMap(({ server, isCounted }): Closed[] => {
    const atMost = open?.get(server) ?? (isCounted && open ? 0 : undefined);
    if (atMost === 0) return [];
    if (atMost !== undefined) return [{ server, atMost }];
    return [{ server, unknown: isCounted ? 'Caddy does not show its metrics' : "Caddy's metrics are off" }];
  });
}

/** For people: a line for each server. */
export function costText(cost: readonly Closed[]): string {
  return cost.map((closed) => `${lineOf(closed)}\n`).join('');
}

function lineOf(closed: Closed): string {
  const where = `Caddy's server "${visible(closed.server)}" has proxies without stream_close_delay`;
  if ('unknown' in closed)
    return `Closes the WebSockets that are open: ${where}; how many are open is not known: ${closed.unknown}`;
  const count = closed.atMost === 1 ? '1 open request' : `${closed.atMost} open requests`;
  return `Closes up to ${count}: ${where}`;
}
