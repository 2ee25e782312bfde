import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ParsedPolicy } from '../../policy/parse.ts';
import type { Routes } from '../../policy/schema/handler.ts';
import { parsePaths } from '../../policy/schema/path.ts';
import { parseHosts, siteHandlers } from '../../policy/schema/site.ts';
import type { Origin } from '../origin.ts';
import { breach } from './breach.ts';
import type { Owner } from './owners.ts';

/** More hosts or routes than an owner may have, over all its files; told where it goes beyond. */
export function countBreaches(policies: readonly ParsedPolicy[], owner: Owner): Diagnostic[] {
  const { sites: mostSites = Infinity, routes: mostRoutes = Infinity } = owner.rules;
  const hosts = new Set<string>();
  let routes = 0;
  let beyondSites: Origin | undefined;
  let beyondRoutes: Origin | undefined;
  for (const { file, root, value } of policies) {
    for (const [key, site] of Object.entries(value.sites ?? {})) {
      const origin = { file, root, path: ['sites', key] };
      const parsed = parseHosts(key);
      for (const host of 'value' in parsed ? parsed.value : []) hosts.add(host);
      routes += routesOf(site.routes ?? {}) + Number(siteHandlers.some((kind) => site[kind] !== undefined));
      if (hosts.size > mostSites) beyondSites ??= origin;
      if (routes > mostRoutes) beyondRoutes ??= origin;
    }
  }
  const tell = (key: 'sites' | 'routes', found: number, origin: Origin | undefined): Diagnostic[] => {
    if (origin === undefined) return [];
    const message = `${owner.name} has ${found} ${key}, and may have ${owner.rules[key]}`;
    return [breach('owner-count', owner, key, { message, origin })];
  };
  return [...tell('sites', hosts.size, beyondSites), ...tell('routes', routes, beyondRoutes)];
}

/** Each path of a key and each alternative is a route, and each once more within each path of its group. */
function routesOf(routes: Routes): number {
  let count = 0;
  for (const [key, alternatives] of Object.entries(routes)) {
    const paths = parsePaths(key);
    const times = 'value' in paths ? paths.value.length : 1;
    for (const { routes: inner } of alternatives) count += times * (1 + (inner ? routesOf(inner) : 0));
  }
  return count;
}
