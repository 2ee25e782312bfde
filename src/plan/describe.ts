import { isJsonObject, type JsonObject, type JsonValue } from '../caddy/json.ts';
import { unfold } from '../caddy/layout/unfold.ts';
import type { DescribedItem, Description } from './describe/description.ts';
import { errorPages, pageFacts } from './describe/error-pages.ts';
import { FactList, type Facts } from './describe/facts.ts';
import { handlerFacts } from './describe/handler-facts.ts';
import { describeItems, partOf } from './describe/items.ts';
import { routeLabel } from './describe/route-label.ts';
import { siteFactsOf } from './describe/site-facts.ts';
import { shownList } from './describe/values.ts';
import { itemsOf, own } from './live.ts';
import { markOf } from './marks.ts';
import type { Ours } from './ours.ts';

/** Takes whatever stands in a config under our marks, edited by hand or not, and never throws. */
export function describe(ours: Ours): Description {
  const siteFacts = siteFactsOf(ours);
  const sites = new Map<string, { facts: Facts; routes: Map<string, DescribedItem> }>();
  // What is served by https first: that is what a person looks for.
  const servers = [...ours.servers].toSorted(([one], [other]) => rank(one, ours.owner) - rank(other, ours.owner));
  for (const [name, server] of servers) {
    const pages = errorPages(server);
    // The usual way goes without saying.
    const part = partOf(name, ours.owner);
    const way = part === 'https' ? '' : ` over ${part === 'http' ? part : shownList(own(server, 'listen'))}`;
    for (const route of unfold(server)) {
      const { item, hosts } = describeRoute(route, pages);
      for (const [host, label] of hosts) {
        const site = sites.get(host) ?? { facts: siteFacts(host), routes: new Map<string, DescribedItem>() };
        sites.set(host, site);
        site.routes.set(unusedLabel(site.routes, label + way), item);
      }
    }
  }
  return { sites, items: describeItems(ours) };
}

/** What a guard counts: one for each host and what is taken of it, whatever the routes are called. */
export function routeKeys({ sites }: Description): Set<string> {
  return new Set([...sites].flatMap(([host, { routes }]) => [...routes.keys()].map((label) => `${host} ${label}`)));
}

interface DescribedRoute {
  readonly item: DescribedItem;
  /** Each host that it names, and what it takes of it. */
  readonly hosts: readonly (readonly [host: string, label: string])[];
}

function describeRoute(value: JsonValue, errorRoutes: ReadonlyMap<string, JsonValue>): DescribedRoute {
  const pages = errorRoutes.get(markOf(value) ?? '');
  const before = isJsonObject(value) ? known.get(value) : undefined;
  if (before !== undefined && before.item.pages === pages) return before;
  const hosts = hostMatchers(value).map(([host, matchers]) => [host, routeLabel(matchers)] as const);
  const route = { item: describeItem(value, pages), hosts };
  if (isJsonObject(value)) known.set(value, route);
  return route;
}

/** Most routes of the next config are the very objects of the one before. */
const known = new WeakMap<JsonObject, DescribedRoute>();

function describeItem(value: JsonValue, pages: JsonValue | undefined): DescribedItem {
  const id = markOf(value);
  let facts: Facts | undefined;
  return {
    id,
    value,
    pages,
    get facts() {
      facts ??= routeFacts(value, pages);
      return facts;
    },
  };
}

function routeFacts(route: JsonValue, pages: JsonValue | undefined): Facts {
  const list = new FactList();
  handlerFacts(own(route, 'handle'), list);
  return new Map([...list.facts(), ...(pages === undefined ? [] : pageFacts(pages))]);
}

function hostMatchers(route: JsonValue): [string, JsonValue][] {
  return itemsOf(own(route, 'match')).flatMap((matchers) =>
    itemsOf(own(matchers, 'host')).flatMap((host): [string, JsonValue][] =>
      typeof host === 'string' ? [[host, matchers]] : [],
    ),
  );
}

function rank(server: string, owner: string): number {
  const part = partOf(server, owner);
  return part === 'https' ? 0 : part === 'http' ? 2 : 1;
}

function unusedLabel(taken: ReadonlyMap<string, unknown>, label: string): string {
  let unused = label;
  for (let turn = 2; taken.has(unused); turn++) unused = `${label} (${turn})`;
  return unused;
}
