import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Sandbox, startSandbox } from '../support/sandboxed-config.ts';
import { compileCase, goldenCases, goldenFolder } from '../support/golden.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(inject('caddyPath'), ['TOKEN', 'ADAM_HASH', 'ZOE_HASH']);
});
afterAll(() => sandbox.stop());

describe('Caddy takes the config of', () => {
  test.each(goldenCases(goldenFolder))('$name', async (golden) => {
    const { config } = compileCase(golden);
    if (config === undefined) throw new Error('no config');
    const complaint = await sandbox.load(config);
    // No release of Caddy has the module; that it is only this one that is missing is seen from the complaint.
    const missing = golden.name === 'rate-limit' ? /unknown module: http\.handlers\.rate_limit/ : /^$/;
    expect(complaint).toMatch(missing);
  });
});
