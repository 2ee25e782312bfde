import { describe, expect, test } from 'vitest';
import { AdminError, type AdminFailure } from '../../src/admin/errors.ts';
import { exitCodeOf, failureOf, outcomeAsJson } from '../../src/cli/outcome.ts';
import { Failure } from '../../src/cli/failure.ts';
import type { Outcome } from '../../src/reconcile/outcome.ts';
import { compiled, NOTHING, planFor } from '../plan/policy-text.ts';

const policies = compiled('sites:\n  a.example.com: localhost:9000\n');
const plan = planFor(NOTHING, policies);
const taken = planFor({ apps: { http: { servers: { srv0: { listen: [':443', ':80'] } } } }, logging: null }, policies);
const empty = planFor(NOTHING, compiled('sites: {}\n'));
const diagnostic = { code: 'caddy-rejects', severity: 'error', message: 'no' } as const;
const unreachable = (failure: AdminFailure): Outcome => ({
  kind: 'unreachable',
  error: new AdminError('localhost:2019', failure),
});

describe('an outcome', () => {
  test.each([
    [0, { kind: 'applied', plan, at: 0 }, undefined],
    [0, { kind: 'unchanged', plan }, undefined],
    [0, { kind: 'declined', plan }, undefined],
    [3, { kind: 'invalid', diagnostics: [] }, undefined],
    [4, unreachable({ kind: 'unreachable', reason: 'x' }), "cannot reach Caddy's admin API at localhost:2019: x"],
    [4, unreachable({ kind: 'too-old' }), 'Caddy at localhost:2019 is older than 2.8'],
    [
      4,
      unreachable({ kind: 'unknown-outcome', reason: 'x' }),
      'it is unknown whether Caddy at localhost:2019 took the config: x',
    ],
    [
      5,
      { kind: 'conflict', plan: taken },
      'conflict: the site a.example.com (policies/p.yaml:2:3) and Caddy\'s server "srv0"',
    ],
    [5, { kind: 'overtaken', plan, reason: 'x' }, 'conflict: x'],
    [6, { kind: 'rejected', plan, diagnostic }, 'Caddy rejected the config; it serves what it served before'],
    [8, { kind: 'rejected', plan, diagnostic, restoreProblem: 'x' }, 'could not be put back: x'],
    [9, { kind: 'refused', plan: empty }, 'refused: the policies name no site; nothing was changed'],
  ] satisfies [number, Outcome, string | undefined][])('ends with %i: $kind', (code, outcome, message) => {
    expect(exitCodeOf(outcome)).toBe(code);
    const failure = failureOf(outcome);
    if (message === undefined) expect(failure).toBeUndefined();
    else expect(failure).toMatchObject({ exitCode: code, message: expect.stringContaining(message) as string });
  });

  test('for programs holds the plan, the diagnostics and the failure', () => {
    const outcome: Outcome = { kind: 'rejected', plan, diagnostic };
    const json = outcomeAsJson({ outcome, diagnostics: [] }, failureOf(outcome));
    expect(json).toMatchObject({
      outcome: 'rejected',
      plan: { changed: true },
      diagnostics: [{ code: 'caddy-rejects' }],
      error: { code: 'rejected', exit: 6, message: 'Caddy rejected the config; it serves what it served before' },
    });
  });

  test('that nobody was asked about is a plan, and one that was not agreed to is not', () => {
    const ran = { outcome: { kind: 'declined', plan }, diagnostics: [] } as const;
    expect(outcomeAsJson(ran, undefined)).toMatchObject({ outcome: 'planned' });
    expect(outcomeAsJson(ran, undefined)).not.toHaveProperty('error');
    expect(outcomeAsJson(ran, new Failure(9, 'no'))).toMatchObject({
      outcome: 'declined',
      error: { code: 'refused', exit: 9, message: 'no' },
    });
  });

  test('says by `place` where a check comes from, as every other document', () => {
    const line = { file: 'p.yaml', line: 2, column: 3 };
    const finding = { id: 'a', site: 'a.example.com', says: 'x', state: 'failed', line, isDropped: false } as const;
    const checks = { passed: [finding], regressions: [finding], failing: [], flapping: [], skipped: [] };
    const json = outcomeAsJson({ outcome: { kind: 'rolled-back', plan, checks }, diagnostics: [] }, undefined);
    expect(json).toMatchObject({ checks: { passed: 1, regressions: [{ place: line }] } });
    expect(JSON.stringify(json)).not.toContain('"line":{');
  });
});
