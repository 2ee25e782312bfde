import type { Problem } from './state.ts';

type Found = Pick<Problem, 'message'> & { readonly hint?: string | undefined };

/** The problems of these codes as they are now, and the others. What stood before keeps its time. */
export function problemsAfter(
  before: readonly Problem[],
  now: string,
  found: readonly (readonly [code: string, problem: Found | undefined])[],
): readonly Problem[] {
  const codes = new Set(found.map(([code]) => code));
  const others = before.filter(({ code }) => !codes.has(code));
  const current = found.flatMap(([code, problem]): Problem[] => {
    if (problem === undefined) return [];
    const { message, hint } = problem;
    const since = before.find((each) => each.code === code)?.since ?? now;
    return [{ code, message, ...(hint !== undefined && { hint }), since }];
  });
  return [...others, ...current];
}
