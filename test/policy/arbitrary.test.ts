import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { policyJsonSchema } from '../../src/policy/json-schema.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import { addUsed, allOf } from '../support/arbitrary/schema-coverage.ts';
import { goldenTarget } from '../support/golden.ts';

/** A route's keys come from one list with a site's, and these two are refused on routes with a reason of their own. */
const siteOnly = /\/(trusted_proxies|log)$/;

test('random policies say everything that the language can say', () => {
  const schema = policyJsonSchema();
  const all = allOf(schema);
  const used = new Set<string>();
  fc.assert(
    fc.property(policySet, (set) => addUsed(schema, set, used)),
    { numRuns: 400, seed: 1 },
  );
  const unused = [...all].filter((key) => !used.has(key));
  expect(all.size).toBeGreaterThan(200);
  expect(unused.filter((key) => !siteOnly.test(key))).toEqual([]);
  // Left out on routes alone: on sites and presets they are said.
  expect(unused.length).toBe(2);
});

test('random policies compile without an error', () => {
  fc.assert(
    fc.property(policySet, (set) => {
      const text = JSON.stringify(set, null, 1);
      const { diagnostics, config } = compile([{ path: 'random.json', text }], goldenTarget);
      expect(renderDiagnostics(diagnostics.filter(({ severity }) => severity === 'error'))).toBe('');
      expect(config).toBeDefined();
    }),
    { numRuns: 150 },
  );
});
