import type { Check } from '../checks/check.ts';
import { lineAt, linesByFile } from '../diagnostics/lines.ts';
import { type Origin, placeOf } from '../ir/origin.ts';
import { oncePer } from '../once-per.ts';
import { listed } from './seal.ts';

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
  return checks.map((given) => {
    const found = known.get(given);
    if (found !== undefined) return found;
    const { origin, ...check } = given;
    const kept = { check, line: lineOf(origin) };
    known.set(given, kept);
    return kept;
  });
}

/** Most checks of a set that is compiled again are the very objects that they were. */
const known = new WeakMap<Check, KeptCheck>();

/** Reads each file's lines once. */
export function lineFinder(): (origin: Origin) => Line {
  const lines = linesByFile();
  return (origin) => {
    const { file, range } = placeOf(origin);
    const { line, start } = lineAt(lines(file), range.start);
    return { file: file.path, line, column: range.start - start + 1 };
  };
}

/** JSON, in parts. */
export function encodeChecks(checks: readonly KeptCheck[]): readonly string[] {
  return listed(checks.map(({ check, line }) => `{"check":${textOf(check)},"line":${JSON.stringify(line)}}`));
}

/** Without the policies' own text, which a part of a check may still lead to. */
const textOf = oncePer((check: KeptCheck['check']) =>
  JSON.stringify(check, (key, value: unknown) => (key === 'origin' && typeof value === 'object' ? undefined : value)),
);
