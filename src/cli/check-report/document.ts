import type { CheckResult } from '../../checks/result.ts';
import { type PlaceJson, placesAsJson } from '../../diagnostics/as-json.ts';
import { placeOf } from '../../ir/origin.ts';

/** What `caddyctl test` prints for programs. */
export interface CheckDocument {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
  readonly checks: readonly CheckJson[];
}

export interface CheckJson {
  readonly id: string;
  readonly name: string;
  readonly site: string;
  readonly says: string;
  readonly outcome: CheckResult['outcome'];
  readonly ms: number;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly place: PlaceJson;
}

export function checkDocument(results: readonly CheckResult[], ms: number): CheckDocument {
  const places = placesAsJson(
    results.map((result) => placeOf((result.outcome === 'failed' && result.origin) || result.check.origin)),
  );
  const checks = results.map((result, index): CheckJson => {
    const { id, name, site, says } = result.check;
    const place = places[index] ?? { file: '', line: 0, column: 0, endLine: 0, endColumn: 0 };
    return { id, name, site, says, ms: result.ms, ...verdict(result), place };
  });
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), ms, checks };
}

function verdict(result: CheckResult): Pick<CheckJson, 'outcome' | 'expected' | 'got' | 'hint' | 'reason'> {
  const { outcome } = result;
  if (outcome === 'skipped') return { outcome, reason: result.reason };
  if (outcome === 'passed') return { outcome };
  const { expected, got, hint } = result;
  return { outcome, expected, got, ...(hint !== undefined && { hint }) };
}
