import type { Route, Site } from '../ir/model.ts';
import { oncePer } from '../once-per.ts';
import { showPath } from '../policy/schema/path.ts';
import type { Loser } from './answer.ts';
import { all, type Holds } from './match/holds.ts';
import { pathTest } from './match/path.ts';
import { partsThat, type Subject, whenHolds } from './match/when.ts';

/** A route that takes a request, or may; undefined is what stands for no route. */
export interface Taker {
  readonly route: Route | undefined;
  /** What only Caddy can tell, and must hold. */
  readonly provided: readonly string[];
}

const testOf = oncePer(({ pattern }: Route) => pathTest(pattern));

function takesPath(route: Route, { received: { path } }: Subject): boolean {
  return testOf(route)(path);
}

function conditionsHold(route: Route, subject: Subject): Holds {
  return all(route.when, (when) => whenHolds(when, subject));
}

/** The first route that takes the request, behind those of which only Caddy can tell. */
export function takers({ routes }: Site, subject: Subject): Taker[] {
  const found: Taker[] = [];
  for (const route of routes) {
    if (!takesPath(route, subject)) continue;
    const holds = conditionsHold(route, subject);
    if (holds === false) continue;
    const provided = holds === 'unknown' ? route.when.flatMap((when) => partsThat('unknown', when, subject)) : [];
    found.push({ route, provided });
    if (holds === true) return found;
  }
  return [...found, { route: undefined, provided: [] }];
}

/** The other routes that take this path, and why each does not get the request. */
export function losers({ routes, listed }: Site, taken: readonly (Route | undefined)[], subject: Subject): Loser[] {
  const winner = taken.at(-1);
  const at = winner === undefined ? routes.length : routes.indexOf(winner);
  return routes.flatMap((route, index) => {
    if (taken.includes(route) || !takesPath(route, subject)) return [];
    if (index > at) return [{ route, why: whyLater(route, winner, listed) }];
    const failed = route.when.flatMap((when) => partsThat(false, when, subject));
    return [{ route, why: `when ${failed.join(' and ')}: no` }];
  });
}

function whyLater(route: Route, winner: Route | undefined, listed: boolean): string {
  if (listed) return 'stands later in the list';
  if (winner && showPath(winner.pattern) === showPath(route.pattern)) return 'the same path, asked later';
  return `less specific than ${winner ? showPath(winner.pattern) : 'what takes it'}`;
}
