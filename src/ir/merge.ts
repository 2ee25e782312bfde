import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { oncePer } from '../once-per.ts';
import type { ParsedPolicy } from '../policy/parse.ts';
import type { Global } from '../policy/schema/global.ts';
import { canonicalHeader } from '../policy/schema/scalars.ts';
import type { Service } from '../policy/schema/service.ts';
import { parseHosts, type Preset, siteHandlers, type SiteObject } from '../policy/schema/site.ts';
import { type Names, namesOfAll } from './names.ts';
import { type Origin, placeOf, type Traced, within } from './origin.ts';

/** Everything that the files of a set define, by name, with what several files say of one host kept side by side. */
export interface PolicySet {
  readonly global: { readonly [K in keyof Global]?: Traced<NonNullable<Global[K]>> };
  readonly neverExpose: readonly Traced<number>[];
  /** How services and presets are called. */
  readonly names: Names;
  readonly services: ReadonlyMap<string, Traced<Service>>;
  readonly presets: ReadonlyMap<string, Traced<Preset>>;
  /** Hosts that the same parts define are one entry. */
  readonly sites: readonly SiteParts[];
}

export interface SiteParts {
  readonly hosts: readonly string[];
  readonly parts: readonly Traced<SiteObject>[];
}

/** Keys of a site that merge by name over several files, and what one is called; any other may be said once, or twice alike. */
const MERGED_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['headers', 'the header'],
  ['request_headers', 'the request header'],
  ['errors', 'the error page'],
  ['routes', 'the route'],
]);

/** Names are shared over the set; the same thing said differently in two places is an error that names both. */
export function mergePolicies(
  policies: readonly ParsedPolicy[],
  names: Names = namesOfAll,
): { set: PolicySet; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const services = new Map<string, Traced<Service>>();
  const presets = new Map<string, Traced<Preset>>();
  const global = new Map<string, Traced<unknown>>();
  const neverExpose: Traced<number>[] = [];
  const parts: SitePart[] = [];

  const once = <T>(known: Map<string, Traced<T>>, name: string, entry: Traced<T>, what: string) => {
    const first = known.get(name);
    if (first === undefined) known.set(name, entry);
    else if (!isDeepStrictEqual(first.value, entry.value))
      diagnostics.push(saidTwice(`${what} "${name}"`, first.origin, entry.origin));
  };

  for (const policy of policies) {
    const { file, root, value } = policy;
    const at = (...path: PropertyKey[]): Origin => ({ file, root, path });
    for (const [key, given] of Object.entries(value.global ?? {})) {
      if (key === 'never_expose') {
        for (const [index, port] of (given as number[]).entries()) {
          neverExpose.push({ value: port, origin: at('global', key, index) });
        }
      } else once(global, key, { value: given, origin: at('global', key) }, 'global');
    }
    for (const [name, given] of Object.entries(value.services ?? {})) {
      once(services, names.kept(name, file), { value: given, origin: at('services', name) }, 'the service');
    }
    for (const [name, given] of Object.entries(value.presets ?? {})) {
      once(presets, names.kept(name, file), { value: given, origin: at('presets', name) }, 'the preset');
    }
    for (const part of sitesOf(policy)) parts.push(part);
  }
  const sites = groupHosts(parts);
  for (const site of sites) for (const found of conflictsOf(site)) diagnostics.push(found);
  return { set: { global: Object.fromEntries(global), neverExpose, names, services, presets, sites }, diagnostics };
}

interface SitePart {
  readonly hosts: readonly string[];
  readonly part: Traced<SiteObject>;
}

/** What one file says of sites. A file that was not parsed again says the very same. */
const sitesOf = oncePer(({ file, root, value }: ParsedPolicy): readonly SitePart[] =>
  Object.entries(value.sites ?? {}).flatMap(([key, given]): SitePart[] => {
    const hosts = parseHosts(key);
    if (!('value' in hosts)) return [];
    return [{ hosts: hosts.value, part: { value: given, origin: { file, root, path: ['sites', key] } } }];
  }),
);

function groupHosts(given: readonly SitePart[]): SiteParts[] {
  const byHost = new Map<string, number[]>();
  for (const [index, { hosts }] of given.entries()) {
    for (const host of hosts) {
      const indexes = byHost.get(host);
      if (indexes === undefined) byHost.set(host, [index]);
      else indexes.push(index);
    }
  }
  const groups = new Map<string, { hosts: string[]; parts: Traced<SiteObject>[] }>();
  for (const [host, indexes] of byHost) {
    // A wildcard is offered requests later than an exact host, so the two are never one group.
    const depth = host.startsWith('*.') ? host.split('.').length : 0;
    const key = `${indexes.join(',')} ${depth}`;
    const group = groups.get(key) ?? { hosts: [], parts: indexes.flatMap((index) => given[index]?.part ?? []) };
    group.hosts.push(host);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ hosts, parts }) => ({ hosts: hosts.toSorted(), parts }));
}

/** What one file alone says of a site, and was found to say well before, need not be looked at again. */
function conflictsOf(site: SiteParts): readonly Diagnostic[] {
  const only = site.parts.length === 1 ? site.parts[0] : undefined;
  if (only !== undefined && sound.has(only)) return [];
  const found = conflictsWithin(site);
  if (only !== undefined && found.length === 0) sound.add(only);
  return found;
}

const sound = new WeakSet<Traced<SiteObject>>();

function conflictsWithin({ hosts, parts }: SiteParts): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<string, Traced<unknown>>();
  const meet = (name: string, entry: Traced<unknown>) => {
    const first = seen.get(name);
    if (first === undefined) seen.set(name, entry);
    else if (!isDeepStrictEqual(first.value, entry.value)) {
      found.push(saidTwice(`${name} of ${hosts.join(', ')}`, first.origin, entry.origin));
    }
  };
  for (const { value, origin } of parts) {
    for (const [key, given] of Object.entries(value)) {
      if (given === undefined || key === 'checks') continue;
      const at = within(origin, key);
      if (key === 'cache_control') {
        // It stands for a header, which another file may name in full.
        const names = Object.keys(value.headers ?? {}).map(canonicalHeader);
        if (!names.includes('Cache-Control'))
          meet('the header Cache-Control', { value: { kind: 'set', value: given }, origin: at });
        continue;
      }
      const one = MERGED_BY_NAME.get(key);
      if (one === undefined) {
        const isHandler = siteHandlers.some((kind) => kind === key);
        meet(isHandler ? 'what becomes of "/"' : `"${key}"`, { value: { [key]: given }, origin: at });
        continue;
      }
      for (const [name, each] of Object.entries(given as Record<string, unknown>)) {
        const known = key.endsWith('headers') ? canonicalHeader(name) : name;
        meet(`${one} ${known}`, { value: each, origin: within(at, name) });
      }
    }
  }
  return found;
}

function saidTwice(what: string, first: Origin, second: Origin): Diagnostic {
  return {
    code: 'said-twice',
    severity: 'error',
    message: `${what} is set differently in two places`,
    hint: 'keep one of them, or make them say the same',
    place: placeOf(second),
    related: [{ message: 'first set here', place: placeOf(first) }],
  };
}
