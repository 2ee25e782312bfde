import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Check } from '../../../src/checks/check.ts';
import { deriveChecks } from '../../../src/checks/derive.ts';
import { runChecks } from '../../../src/checks/run.ts';
import { policySet } from '../../support/arbitrary/policy.ts';
import { told } from '../../support/checking.ts';
import { Scene } from '../../support/explain/scene.ts';
import { goldenTarget } from '../../support/golden.ts';
import { hashOfSecret } from '../../support/sandboxed-config.ts';

/** A campaign: `CADDYCTL_LONG=1` for the whole, `SEED=…` to repeat one from there. */
const policies = process.env['CADDYCTL_LONG'] === '1' ? 300 : 15;
const firstSeed = Number(process.env['SEED'] ?? 1);

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.start(inject('caddyPath'));
});
afterAll(() => scene?.stop());

/** What the scene's apps and its TLS can be asked: they are no streams, and its certificate and auth service take anyone. */
function isForTheScene({ name, probe }: Check): boolean {
  if (probe.kind !== 'answer' || ['protocols', 'written'].includes(name)) return false;
  return !(name === 'auth' && probe.expects.status !== undefined && 'hundreds' in probe.expects.status);
}

/** The scene has one certificate, and speaks HTTP/1.1 alone. */
function inTheScene(check: Check): Check {
  const { probe } = check;
  return probe.kind === 'answer'
    ? { ...check, probe: { ...probe, to: { ...probe.to, serverName: 'sandbox.test', http: 1 } } }
    : check;
}

/** One variable may be a token in one place and a hash in another, so each check has its own environment. */
function environmentOf({ probe }: Check): Record<string, string> {
  const credential = probe.kind === 'answer' ? probe.asks[0]?.credential : undefined;
  return credential ? { [credential.variable]: credential.kind === 'basic' ? 'secret' : hashOfSecret } : {};
}

test(`what is derived of ${policies} random policies holds of what is made of them`, { timeout: 900_000 }, async () => {
  const asked = new Map<string, number>();
  for (let seed = firstSeed; seed < firstSeed + policies; seed++) {
    const [set] = fc.sample(policySet, { seed, numRuns: 1 });
    const { model, listeners, dialOf } = await scene.load(JSON.stringify(set, null, 1));
    const where = new Map(
      listeners.map(({ address }) => {
        const dial = dialOf(address);
        return [address, { dial, from: 'path' in dial ? undefined : '127.0.0.1', near: true }];
      }),
    );
    const checks = deriveChecks(model, { ...goldenTarget, where });
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    expect(deriveChecks(model, { ...goldenTarget, where })).toEqual(checks);
    for (const check of checks.filter(isForTheScene).map(inTheScene)) {
      const [result] = await runChecks([check], where, { env: environmentOf(check), timeout: 20_000 });
      if (result?.outcome === 'failed')
        throw new Error(
          `seed ${seed}: ${told([result]).join('')}\n${check.probe.kind === 'answer' ? JSON.stringify(check.probe.asks) : ''}\n${process.env['SHOW'] ? JSON.stringify(set, null, 1) : ''}`,
        );
      if (result?.outcome === 'passed') asked.set(check.name, (asked.get(check.name) ?? 0) + 1);
    }
  }
  const kinds = ['access', 'auth', 'deny', 'headers', 'health', 'limit', 'redirect', 'respond', 'server', 'upstream'];
  // Other seeds may miss a kind.
  if (firstSeed !== 1) return;
  expect([...asked.keys()]).toEqual(expect.arrayContaining([...kinds, 'unknown_host']));
});
