import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { type PathPattern, parsePath, showPath } from '../../policy/schema/path.ts';
import type { Model, Route, Site } from '../model.ts';
import { folded } from '../order.ts';
import { type Origin, within } from '../origin.ts';
import { RouteIndex } from '../route-index.ts';
import { type Finding, error } from './finding.ts';

/** Every site says what becomes of "/", so that a mistyped path is a decision and not an accident. */
export function rootRoutes({ sites }: Model): Diagnostic[] {
  return sites.flatMap((site) => {
    if (site.routes.some(({ pattern }) => !pattern.exact && pattern.segments.length === 0)) return [];
    const message = `the site ${site.hosts[0]} does not say what becomes of "/"`;
    return [
      error({
        code: 'no-root-route',
        message,
        origin: site.origin,
        hint: 'add "/: …", or "/: { deny: 404 }" where nothing is',
      }),
    ];
  });
}

/** A route that an earlier one leaves nothing to. */
export function unreachableRoutes({ sites }: Model): Diagnostic[] {
  return sites.flatMap(({ routes }) => {
    const earlier = new RouteIndex();
    return routes.flatMap((route) => {
      const winner = earlier.taker(route.pattern);
      earlier.add(route);
      return winner ? [error(shadowed(route, winner))] : [];
    });
  });
}

function shadowed(route: Route, winner: Route): Finding {
  const path = showPath(route.pattern);
  const equal = isSamePath(route, winner);
  return {
    code: equal ? 'equal-routes' : 'unreachable-route',
    message: equal
      ? `${path} is routed twice, and the first takes every request`
      : `no request gets here: ${showPath(winner.pattern)} takes all`,
    origin: route.origin,
    hint: equal ? 'give the first a "when", or remove one' : 'put the more specific route first',
    related: { message: 'this one takes them', origin: winner.origin },
  };
}

/** Two routes of one path are told apart by a list alone: keys of a map, and files, have no order. */
export function untoldOrder({ sites }: Model): Diagnostic[] {
  return sites.flatMap(({ routes, listed }) =>
    routes.flatMap((route, index) => {
      const earlier = routes[index - 1];
      if (listed || !earlier || earlier.when.length === 0 || !isSamePath(route, earlier)) return [];
      if (isToldBy(earlier.origin.path, route.origin.path)) return [];
      return [
        error({
          code: 'equal-routes',
          message: `${showPath(route.pattern)} is routed in two places, and nothing says which is asked first`,
          origin: route.origin,
          hint: 'put both under one key, as a list',
          related: { message: 'the other one', origin: earlier.origin },
        }),
      ];
    }),
  );
}

function isSamePath(a: Route, b: Route): boolean {
  return showPath(folded(a.pattern)) === showPath(folded(b.pattern));
}

/** One is within the other, which is asked last; or both are items of one list. */
function isToldBy(a: Origin['path'], b: Origin['path']): boolean {
  const at = a.findIndex((step, index) => step !== b[index]);
  return at === -1 || b[at] === undefined || b.length === 2 || typeof a[at] === 'number';
}

/** A service's own path must lead to that service: the guide that sent /health to the wrong app is a real one. */
export function factsReachTheirService({ sites }: Model): Diagnostic[] {
  return sites.flatMap((site) => {
    const index = new RouteIndex();
    for (const route of site.routes) index.add(route);
    return services(site).flatMap((route) => strayFacts(site, index, route));
  });
}

function services({ routes }: Site): Route[] {
  const seen = new Set<string>();
  return routes.filter(({ handler }) => {
    const name = handler.kind === 'proxy' ? handler.upstream.service : undefined;
    if (name === undefined || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function strayFacts(site: Site, index: RouteIndex, { handler, modifiers }: Route): Diagnostic[] {
  if (handler.kind !== 'proxy' || modifiers.rewrite) return [];
  const { service, facts, origin } = handler.upstream;
  const health = facts.health === undefined ? undefined : parsePath(facts.health.split('?', 1)[0] ?? '');
  const paths: { pattern: PathPattern; what: string; said: Origin }[] = [
    ...(health && 'value' in health
      ? [{ pattern: { ...health.value, exact: true }, what: 'health', said: within(origin, 'health') }]
      : []),
    ...facts.streams.map((pattern, at) => ({ pattern, what: 'stream', said: within(origin, 'streams', at) })),
  ];
  return paths.flatMap(({ pattern, what, said }) => {
    const taker = index.taker(pattern);
    if (taker?.handler.kind !== 'proxy' || taker.handler.upstream.service === service) return [];
    const other = taker.handler.upstream;
    // Two apps may each have a /health: then the site's belongs to whoever is routed there.
    const shares =
      what === 'health'
        ? other.facts.health === facts.health
        : other.facts.streams.some((own) => showPath(own) === showPath(pattern));
    if (shares) return [];
    const path = showPath(pattern).replace(/^=/, '');
    return [
      error({
        code: 'fact-elsewhere',
        message: `${path} is a ${what} path of "${service}", and ${site.hosts[0]} sends it to "${other.service ?? other.addresses[0]?.dial}"`,
        origin: taker.origin,
        hint: `add the route "${showPath(pattern)}: ${service}", or deny it`,
        related: { message: `"${service}" says so here`, origin: said },
      }),
    ];
  });
}
