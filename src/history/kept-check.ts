import type { Check } from '../checks/check.ts';
import { lineAt, linesByFile } from '../diagnostics/lines.ts';
import { type Origin, placeOf } from '../ir/origin.ts';

/** A check as it outlives the policy that it came from. It goes through JSON. */
export interface KeptCheck {
  readonly check: Omit<Check, 'origin'>;
  readonly line: Line;
}

/** A line of a policy file, as it was then. */
export interface Line {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export function keptChecks(checks: readonly Check[]): KeptCheck[] {
  const lineOf = lineFinder();
  return checks.map(({ origin, ...check }) => ({ check, line: lineOf(origin) }));
}

/** Reads each file's lines once. */
export function lineFinder(): (origin: Origin) => Line {
  const lines = linesByFile();
  return (origin) => {
    const { file, range } = placeOf(origin);
    const { line, start } = lineAt(lines(file), range.start);
    return { file: file.path, line, column: range.start - start + 1 };
  };
}

/** Without the policies' own text, which a part of a check may still lead to. */
export function encodeChecks(checks: readonly KeptCheck[]): string {
  return JSON.stringify(checks, (key, value: unknown) =>
    key === 'origin' && typeof value === 'object' ? undefined : value,
  );
}
