import { clashConflicts } from './clash-conflicts.ts';
import type { Conflict, ConflictInput } from './conflict.ts';
import { hostConflicts } from './host-conflicts.ts';
import { listenConflicts } from './listen-conflicts.ts';
import type { Clash } from './scope.ts';

/** Everything that others hold and the policies want: listeners, hosts and their certificates, and what the overlay clashed with. */
export function findConflicts(input: ConflictInput, clashes: readonly Clash[]): Conflict[] {
  const listen = listenConflicts(input);
  const settled = new Set(listen.flatMap(({ takes }) => takes.map(({ path }) => path.join('/'))));
  return [...listen, ...hostConflicts(input, settled), ...clashConflicts(clashes)];
}
