import type { Place } from '../diagnostics/position.ts';
import type { Change, FactChange, ItemChange, RouteChange, SiteChange } from './change.ts';
import type { DescribedItem, DescribedSite, Description } from './describe/description.ts';
import type { Facts } from './describe/facts.ts';
import { hoist } from './hoist.ts';
import { same, sameButForMark } from './same.ts';
import type { PlaceOf } from './sides.ts';

/** What becomes of each site and item. Empty only where the two configs say the same. */
export function changesBetween(before: Description, after: Description, placeOf: PlaceOf): Change[] {
  const sites = unite(before.sites, after.sites).flatMap(([host, was, is]) => siteChange(host, was, is, placeOf));
  const items = unite(before.items, after.items).flatMap(([name, was, is]) => itemChange(name, was, is));
  return [...groupAlike(sites, (host) => siteOf(host, after, before)), ...items];
}

function siteChange(
  host: string,
  was: DescribedSite | undefined,
  is: DescribedSite | undefined,
  placeOf: PlaceOf,
): SiteChange[] {
  if (was !== undefined && is !== undefined && isSameSite(was, is)) return [];
  const facts = factChanges(was?.facts, is?.facts);
  const routes = unite(was?.routes ?? NOTHING, is?.routes ?? NOTHING).flatMap(([label, from, to]) =>
    routeChange(label, from, to, placeOf),
  );
  if (facts.length === 0 && routes.length === 0) return [];
  const sign = was === undefined ? 'add' : is === undefined ? 'remove' : 'change';
  const place = earliest([...(is?.routes.values() ?? [])].map(({ id }) => placeOf(id ?? '')));
  const change: SiteChange = { kind: 'site', sign, hosts: [host], sites: 1, place, facts, routes };
  return [was === undefined || is === undefined ? change : hoist(change, is)];
}

/** By identity: what is left to compare is the part of a set that may have changed. */
function isSameSite(was: DescribedSite, is: DescribedSite): boolean {
  if (was.routes.size !== is.routes.size || !isSameFacts(was.facts, is.facts)) return false;
  for (const [label, item] of was.routes) if (is.routes.get(label) !== item) return false;
  return true;
}

/** A site's own key stands before its routes; what redirects to https, or answers 404, is placed there. */
function earliest(places: readonly (Place | undefined)[]): Place | undefined {
  const [first, ...others] = places.filter((place) => place !== undefined);
  return others.reduce((best, place) => {
    const isBefore = place.file === best?.file && place.range.start < best.range.start;
    return isBefore ? place : best;
  }, first);
}

const NOTHING: ReadonlyMap<string, DescribedItem> = new Map();

function routeChange(
  label: string,
  was: DescribedItem | undefined,
  is: DescribedItem | undefined,
  placeOf: PlaceOf,
): RouteChange[] {
  const facts = itemFacts(was, is);
  const place = placeOf(is?.id ?? '');
  if (was === undefined) return [{ sign: 'add', label, place, facts }];
  if (is === undefined) return [{ sign: 'remove', label, facts }];
  return facts.length > 0 ? [{ sign: 'change', label, place, facts }] : [];
}

function itemChange(name: string, was: DescribedItem | undefined, is: DescribedItem | undefined): ItemChange[] {
  const facts = itemFacts(was, is);
  if (was !== undefined && is !== undefined && facts.length === 0) return [];
  return [{ kind: 'item', sign: was === undefined ? 'add' : is === undefined ? 'remove' : 'change', name, facts }];
}

function itemFacts(was: DescribedItem | undefined, is: DescribedItem | undefined): FactChange[] {
  if (was !== undefined && is !== undefined && isSameItem(was, is)) return [];
  const facts = factChanges(was?.facts, is?.facts);
  if (facts.length > 0 || was === undefined || is === undefined || sameButForMark(was.value, is.value)) return facts;
  return [{ name: 'other settings', before: '', after: '' }];
}

/** Said alike, it has the same facts: putting them into words to find that out costs most of a plan. */
function isSameItem(was: DescribedItem, is: DescribedItem): boolean {
  return was.id === is.id && same(was.value, is.value) && same(was.pages ?? null, is.pages ?? null);
}

function factChanges(before: Facts = new Map(), after: Facts = new Map()): FactChange[] {
  if (isSameFacts(before, after)) return [];
  return unite(before, after).flatMap(([name, was, is]): FactChange[] => {
    if (was?.whole === is?.whole) return [];
    return [{ name, ...(was && { before: was.text }), ...(is && { after: is.text }) }];
  });
}

function isSameFacts(before: Facts, after: Facts): boolean {
  if (before.size !== after.size) return false;
  for (const [name, { whole }] of before) if (after.get(name)?.whole !== whole) return false;
  return true;
}

/** All keys of both, those of `after` in their order, then what is gone. */
function unite<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): (readonly [string, T | undefined, T | undefined])[] {
  const keys = new Set([...after.keys(), ...before.keys()]);
  return [...keys].map((key) => [key, before.get(key), after.get(key)]);
}

/** Hosts of one site are told together, and so are sites that share a preset and change alike. */
function groupAlike(changes: readonly SiteChange[], siteOf: (host: string) => string): SiteChange[] {
  const groups = new Map<string, { change: SiteChange; sites: Set<string> }>();
  for (const change of changes) {
    const site = siteOf(change.hosts[0] ?? '');
    const routes = change.routes.map(({ sign, label, facts }) => [sign, label, facts]);
    const key = JSON.stringify([change.sign === 'change' ? '' : site, change.sign, change.facts, routes]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { change, sites: new Set([site]) });
    else {
      group.change = { ...group.change, hosts: [...group.change.hosts, ...change.hosts] };
      group.sites.add(site);
    }
  }
  const merged = [...groups.values()].map(({ change, sites }) => ({ ...change, sites: sites.size }));
  return merged.toSorted((one, other) => (one.hosts.join() < other.hosts.join() ? -1 : 1));
}

/** Two hosts are one site when they share their routes. */
function siteOf(host: string, ...descriptions: readonly Description[]): string {
  const site = descriptions.map(({ sites }) => sites.get(host)).find((each) => each !== undefined);
  return [...(site?.routes.values() ?? [])].map(({ id }) => id ?? host).join();
}
