import { describe, expect, test } from 'vitest';
import { describe as describeConfig } from '../../src/plan/describe.ts';
import type { Facts } from '../../src/plan/describe/facts.ts';
import { oursOf } from '../../src/plan/ours.ts';
import { compileCase, goldenCases, goldenFolder } from '../support/golden.ts';

/** What the compiler makes and a plan has no words for. A new handler needs its words in plan/describe/. */
function wordless(groups: readonly Facts[]): string[] {
  const facts = groups.flatMap((group) => [...group]);
  return [...new Set(facts.filter(([, { text }]) => text === '').map(([name]) => name))];
}

describe('every feature of the language has words in a plan', () => {
  test.each(goldenCases(goldenFolder))('$name', (golden) => {
    const { config, model } = compileCase(golden);
    if (config === undefined) throw new Error('the case does not compile');
    const { sites, items } = describeConfig(oursOf({ apps: config.apps, logging: config.logging ?? null }, 'default'));
    expect([...sites.keys()].sort()).toEqual((model?.sites ?? []).flatMap(({ hosts }) => hosts).sort());
    const routes = [...sites.values()].flatMap((site) => [...site.routes.values()]);
    const raw = JSON.stringify(golden.sources).includes('raw:') ? /^handler / : /^$/;
    const said = wordless([...sites.values(), ...routes, ...items.values()].map(({ facts }) => facts));
    expect(said.filter((name) => !raw.test(name))).toEqual([]);
    // What a route does for whoever comes is always told.
    const ends = ['to', 'respond', 'redirect', 'files', 'deny'];
    const silent = routes.filter(
      ({ facts }) => !ends.some((name) => facts.has(name)) && !raw.test([...facts.keys()].at(-1) ?? ''),
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});
