import { isIP } from 'node:net';
import { listenAddresses } from '../../caddy/servers.ts';
import type { Target } from '../../caddy/target.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../../ir/model.ts';
import { type ListenAddress, overlaps, parseListen } from '../../plan/listen.ts';
import { at, entriesOf, itemsOf, own } from '../../plan/live.ts';
import type { Bases } from '../../plan/plan.ts';
import { listenProblems } from '../listen-problems.ts';
import { listeners } from '../listeners.ts';

/**
 * Tries to bind what Caddy does not listen on yet, at the policy lines that want it: a Caddy that cannot bind rejects the
 * whole config, and one that shares a port with another answers by turns with it. Only for a Caddy on this machine.
 */
export async function newListenProblems(model: Model, target: Target, { apps }: Bases): Promise<Diagnostic[]> {
  const held = entriesOf(at(apps.value, 'http', 'servers'))
    .flatMap(([, server]) => itemsOf(own(server, 'listen')))
    .flatMap((listen) => (typeof listen === 'string' ? (parseListen(listen) ?? []) : []));
  const isHeld = (address: ListenAddress): boolean => held.some((other) => overlaps(address, other));
  const wanted = listeners(model, target).flatMap((listener) =>
    listenAddresses([listener.address], target).flatMap((address) => {
      const parsed = parseListen(address);
      return parsed === undefined || isHeld(parsed) ? [] : [{ ...listener, address }];
    }),
  );
  return await listenProblems(wanted);
}

/** Whether an admin API, as an operator writes it, is one of this machine. */
export function isOnThisMachine(address: string): boolean {
  if (address.startsWith('unix/')) return true;
  const { hostname } = new URL(address.includes('://') ? address : `http://${address}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
