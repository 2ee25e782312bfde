import type { Site } from '../../ir/model.ts';
import type { Origin } from '../../ir/origin.ts';
import { connectionGuard } from '../handlers/access.ts';
import { findDotSegments, NO_PATH, ODD_HOST } from '../handlers/target.ts';
import { ownedId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Server } from '../servers.ts';
import type { Target } from '../target.ts';
import { autoLayout } from './auto.ts';
import { type Block, blocksOf } from './block.ts';
import { plain } from './plain.ts';
import { layoutFor, type Reason } from './reason.ts';
import { SharedHandlers } from './shared.ts';

/** The routes of one server, and where each came from. */
export interface Table {
  readonly routes: readonly JsonObject[];
  readonly errors: readonly JsonObject[];
  /** What the routes only name. */
  readonly named?: JsonObject | undefined;
  readonly origins: ReadonlyMap<string, Origin>;
  /** Why they stand in this shape. */
  readonly reason: Reason;
}

/** What a server does with a request: first what is the same for every host, then the sites, then nobody's host. `counted`: see `countedAddresses`. */
export function tableOf(server: Server, target: Target, counted: ReadonlySet<string>): Table {
  const { owner } = target;
  const origins = new Map<string, Origin>();
  const mark = (id: string, origin: Origin): void => void origins.set(id, origin);
  const blocks = blocksOf(server, target);
  const choice = layoutFor(blocks, target);
  const parts: string[] = [];
  const shared = new SharedHandlers(counted);
  const sites =
    choice.layout === 'plain'
      ? blocks.flatMap((block) => plain(block, owner, mark))
      : autoLayout(blocks, server.part, owner, mark, (part) => void parts.push(part), shared, counted);
  // A single `_`, which no host begins with: see hostSlug.
  const ownId = (name: string): string => ownedId(owner, server.part, `_${name}`);
  return {
    routes: [
      // What is done to every request, whatever the host, before any route looks at it: once, for patterns are dear to load.
      turnAway(ownId('no-path'), 400, { match: [NO_PATH, ODD_HOST] }),
      { '@id': ownId('requests'), handle: [connectionGuard, findDotSegments] },
      ...sites,
      // A client that asks for a host that nobody here has: never Caddy's empty 200.
      turnAway(ownId('unknown-host'), 421, {}),
    ],
    errors: server.offers.flatMap(({ site }, index) => errorRoutes(site, blocks[index])),
    named: shared.routes(owner, server.part),
    origins,
    reason: { ...choice, parts },
  };
}

/** Few sites have any, and only of those the routes are put together. */
function errorRoutes({ routes, modifiers }: Site, block: Block | undefined): JsonObject[] {
  const hasPages = [...routes, { modifiers }].some((each) => each.modifiers.errors.size > 0);
  return hasPages ? (block?.routes ?? []).flatMap(({ errors }) => (errors === undefined ? [] : [errors])) : [];
}

function turnAway(id: string, status: number, match: JsonObject): JsonObject {
  return {
    '@id': id,
    ...match,
    handle: [
      { handler: 'headers', response: { delete: ['Server'] } },
      { handler: 'static_response', status_code: status },
    ],
    terminal: true,
  };
}
