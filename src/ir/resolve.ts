import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { KnownSites } from './known-sites.ts';
import { definedOnly } from './layers.ts';
import type { PolicySet } from './merge.ts';
import type { Model } from './model.ts';
import { compareSites } from './order.ts';
import { Resolver } from './resolver.ts';

export type Resolve = (set: PolicySet) => { readonly model: Model; readonly diagnostics: readonly Diagnostic[] };

/**
 * Applies presets, inheritance and defaults, and puts sites and routes into the order in which they are tried. For one set
 * again and again: a site that is what it was, of parts that are the very ones, is not resolved again and is the very object.
 */
export function createResolve(): Resolve {
  const known = new KnownSites();
  return (set) => {
    known.begin(set);
    const resolved = resolveBy(set, known);
    if (resolved.diagnostics.length === 0) return resolved;
    // What is wrong is told of the first that meets it, and which that is depends on all sites.
    const isAnew = known.taken === 0;
    known.forget();
    return isAnew ? resolved : resolveBy(set, undefined);
  };
}

function resolveBy(set: PolicySet, known: KnownSites | undefined): ReturnType<Resolve> {
  const diagnostics: Diagnostic[] = [];
  const resolver = new Resolver(set, (found) => diagnostics.push(found), known);
  const resolved = set.sites.map((parts) => resolver.site(parts)).toSorted(compareSites);
  // Half a set would only be misjudged.
  const sites = resolver.isTooLarge ? [] : resolved;
  const model = definedOnly({
    email: set.global.email,
    neverExpose: set.neverExpose,
    rawForbidden: set.global.raw?.value === 'forbid',
    sites,
  });
  return { model, diagnostics };
}
