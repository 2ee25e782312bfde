import { styleText } from 'node:util';
import { visible } from '../diagnostics/visible.ts';
import type { Finding } from '../reconcile/verify/guarantee.ts';
import type { Observation } from '../reconcile/verify/observe.ts';

interface Look {
  readonly color: boolean;
}

/** What checks found after a push that an operator should know; empty where all is well. */
export function renderChecks(checks: Observation, { color }: Look): string {
  const told = (findings: readonly Finding[], word: string, style: 'red' | 'yellow'): string[] =>
    findings.map((finding) => {
      const label = color ? styleText(style, word, { validateStream: false }) : word;
      return `${label}: ${lineOf(finding)}`;
    });
  return [
    ...told(checks.regressions, 'broken by this push', 'red'),
    ...told(checks.failing, 'fails, and did not pass before the push', 'yellow'),
    ...told(checks.flapping, 'flaps', 'yellow'),
  ].join('\n');
}

/** `12 checks pass, 1 fails, 2 could not be asked`; of a large set how many were left out, too */
export function countOfChecks({ passed, failing, flapping, skipped, regressions, unasked = 0 }: Observation): string {
  const failed = failing.length + regressions.length;
  return [
    `${passed.length} ${passed.length === 1 ? 'check passes' : 'checks pass'}`,
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'fails' : 'fail'}`] : []),
    ...(flapping.length > 0 ? [`${flapping.length} ${flapping.length === 1 ? 'flaps' : 'flap'}`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} could not be asked`] : []),
    ...(unasked > 0 ? [`${unasked} were left out: of so many, what a push changes is asked, and a sample`] : []),
  ].join(', ');
}

function lineOf({ site, says, expected, got, hint, line, isDropped }: Finding): string {
  const place = `${line.file}:${line.line}:${line.column}`;
  const where = isDropped ? `${place} said so before` : place;
  return [
    `${visible(site)}: ${visible(says)} (${visible(where)})`,
    `    expected ${visible(expected ?? '')}, got ${visible(got ?? '')}`,
    ...(hint === undefined ? [] : [`    hint: ${visible(hint)}`]),
  ].join('\n');
}
