import type { FactChange, RouteChange, SiteChange } from './change.ts';
import type { DescribedSite } from './describe/description.ts';

/** What changes in every route of a site alike, as a header of the site does, is said once for the site. */
export function hoist(change: SiteChange, site: DescribedSite): SiteChange {
  const added = new Set(change.routes.filter(({ sign }) => sign === 'add').map(({ label }) => label));
  const serving = [...site.routes.keys()].filter((label) => !added.has(label) && !isRedirectToHttps(site, label));
  const changed = change.routes.filter(({ sign }) => sign === 'change');
  const labels = new Map<string, Set<string>>();
  for (const { label, facts } of changed) {
    for (const text of facts.map(textOf)) labels.set(text, (labels.get(text) ?? new Set<string>()).add(label));
  }
  const candidates = changed.find(({ label }) => label === serving[0])?.facts ?? [];
  const shared = candidates.filter((fact) => {
    const where = labels.get(textOf(fact)) ?? new Set();
    return fact.name !== 'other settings' && where.size > 1 && serving.every((label) => where.has(label));
  });
  const hoisted = new Set(shared.map(textOf));
  const routes = change.routes.flatMap((route) => withoutHoisted(route, hoisted));
  return { ...change, facts: [...change.facts, ...shared], routes };
}

function withoutHoisted(route: RouteChange, hoisted: ReadonlySet<string>): RouteChange[] {
  if (route.sign !== 'change') return [route];
  const facts = route.facts.filter((fact) => !hoisted.has(textOf(fact)));
  return facts.length > 0 ? [{ ...route, facts }] : [];
}

function textOf({ name, before, after }: FactChange): string {
  return JSON.stringify([name, before, after]);
}

/** It carries the site's headers too, but serves nothing of the site. */
function isRedirectToHttps({ routes }: DescribedSite, label: string): boolean {
  return routes.get(label)?.facts.get('redirect')?.text.startsWith('https (') ?? false;
}
