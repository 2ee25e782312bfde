import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { policySet } from '../support/arbitrary/policy.ts';
import { requestsOf } from '../support/arbitrary/request.ts';
import { differences } from '../support/explain/compare.ts';
import { traceDifferences } from '../support/explain/compare-trace.ts';
import { rightCredentials, Scene } from '../support/explain/scene.ts';

/** A campaign: `CADDYCTL_LONG=1` for the whole, `SEED=…` to repeat one from there. */
const isLong = process.env['CADDYCTL_LONG'] === '1';
const policies = isLong ? 200 : 20;
const requests = isLong ? 500 : 300;
const firstSeed = Number(process.env['SEED'] ?? 1);

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.start(inject('caddyPath'));
});
afterAll(() => scene?.stop());

test(`explain is Caddy: ${policies} random policies, ${requests} requests each`, { timeout: 1_800_000 }, async () => {
  let [asks, open, sure] = [0, 0, 0];
  const kinds = new Map<string, number>();
  for (let seed = firstSeed; seed < firstSeed + policies; seed++) {
    const [set] = fc.sample(policySet, { seed, numRuns: 1 });
    const text = JSON.stringify(set, null, 1);
    const loaded = await scene.load(text);
    const given = fc.sample(requestsOf(loaded.model, loaded.listeners, rightCredentials), { seed, numRuns: requests });
    for (const asked of given) {
      const explained = loaded.answerTo(asked);
      const answer = await loaded.ask(asked);
      const live = traceDifferences(asked, answer, loaded);
      const found = [...differences(asked, explained, answer, loaded), ...live.found];
      if (found.length > 0)
        throw new Error(
          `seed ${seed}: ${JSON.stringify(asked)}\n${found.join('\n')}\n${process.env['SHOW'] ? text : ''}`,
        );
      asks++;
      if (explained.ways.length > 1) open++;
      if (live.isSure) sure++;
      const kind = explained.ways.at(-1)?.end;
      const name = kind?.kind === 'refused' ? `refused by ${kind.by}` : (kind?.kind ?? '');
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
    }
  }
  if (isLong)
    console.log(`${asks} requests, ${open} left open by explain, ${asks - sure} by --live;`, Object.fromEntries(kinds));
  // Who leaves all open is never wrong.
  expect(open).toBeLessThan(asks / 20);
  expect(sure).toBeGreaterThan(asks / 2);
  expect(asks).toBe(policies * requests);
});
