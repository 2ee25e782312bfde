import type { Log } from '../../log.ts';
import type { Finding } from '../../reconcile/verify/guarantee.ts';
import type { Turn } from './turn.ts';

const mostTold = 20;

/** Tells of each check once, as long as it goes on to fail in the same way. */
export function checksLogger(): (log: Log, turn: Turn) => void {
  let said = new Set<string>();
  return (log, { checks, desired }) => {
    if (checks === undefined) return;
    const found = [
      ...checks.regressions.map((each) => ['check failed after the push', each] as const),
      ...checks.failing.map((each) => ['check fails', each] as const),
      ...checks.flapping.map((each) => ['check flaps', each] as const),
    ];
    const keys = new Set(found.map(([message, { id, got }]) => JSON.stringify([desired, message, id, got])));
    for (const [message, finding] of found.slice(0, mostTold)) {
      if (said.has(JSON.stringify([desired, message, finding.id, finding.got]))) continue;
      log[message === 'check failed after the push' ? 'error' : 'warn'](fieldsOf(finding), message);
    }
    said = keys;
  };
}

function fieldsOf({ site, says, expected, got, hint, line: { file, line, column } }: Finding): object {
  return { site, check: says, expected, got, place: `${file}:${line}:${column}`, ...(hint !== undefined && { hint }) };
}
