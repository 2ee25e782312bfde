/** Whether a matcher holds; "unknown" where only Caddy can tell. */
export type Holds = boolean | 'unknown';

/** All must hold. One that does not settles it, whatever the others. */
export function all<T>(items: readonly T[], holds: (item: T) => Holds): Holds {
  let verdict: Holds = true;
  for (const item of items) {
    const one = holds(item);
    if (one === false) return false;
    if (one === 'unknown') verdict = one;
  }
  return verdict;
}

function not(holds: Holds): Holds {
  return holds === 'unknown' ? holds : !holds;
}

/** One that holds settles it, whatever the others. */
export function any<T>(items: readonly T[], holds: (item: T) => Holds): Holds {
  return not(none(items, holds));
}

export function none<T>(items: readonly T[], holds: (item: T) => Holds): Holds {
  return all(items, (item) => not(holds(item)));
}
