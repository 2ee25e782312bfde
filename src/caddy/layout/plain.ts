import { type Block, routeId } from './block.ts';
import type { LaidRoute, Mark } from './laid.ts';

/** One route for each of the policy's, flat and in the order in which they are tried: the form that people read. */
export function plain(block: Block, owner: string, mark: Mark): LaidRoute[] {
  return block.routes.map((route) => {
    const id = routeId(owner, route, block.hosts[0] ?? '');
    mark(id, route.origin);
    return { '@id': id, match: [{ host: block.hosts, ...route.match }], handle: route.handle, terminal: true };
  });
}
