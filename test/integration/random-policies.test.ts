import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Target } from '../../src/caddy/target.ts';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { policySet } from '../support/arbitrary/policy.ts';
import { secretNames } from '../support/arbitrary/values.ts';
import { goldenTarget } from '../support/golden.ts';
import { type Sandbox, startSandbox } from '../support/sandboxed-config.ts';

/** A campaign: `CADDYCTL_LONG=1` for the whole. */
const cases = process.env['CADDYCTL_LONG'] === '1' ? 500 : 120;
/** `SEED=… npx vitest run … random-policies` repeats a run. */
const seed = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);

const targets: readonly Target[] = [
  goldenTarget,
  { ...goldenTarget, internalCa: true, httpPort: 8080, httpsPort: 9443 },
  { ...goldenTarget, owner: 'team-a', running: { capabilities: { level: '2.11.3' }, modules: new Set() } },
];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(inject('caddyPath'), secretNames);
});
afterAll(() => sandbox.stop());

test(`a real Caddy takes what is made of ${cases} random policies`, { timeout: 600_000 }, async () => {
  let loaded = 0;
  const property = fc.asyncProperty(policySet, fc.constantFrom(...targets), async (set, target) => {
    const text = JSON.stringify(set, null, 1);
    const { diagnostics, config } = compile([{ path: 'random.json', text }], target);
    const errors = renderDiagnostics(diagnostics.filter(({ severity }) => severity === 'error'));
    if (config === undefined) throw new Error(`${errors}\n${text}`);
    const complaint = await sandbox.load(config);
    if (complaint !== '') throw new Error(`Caddy says ${complaint}\nof ${text}\nthat is ${JSON.stringify(config)}`);
    loaded++;
  });
  await fc.assert(property, { numRuns: cases, endOnFailure: true, ...(seed !== undefined && { seed }) });
  expect(loaded).toBe(cases);
});
