import { visible } from '../../diagnostics/visible.ts';
import { table } from '../table.ts';
import type { CheckDocument, CheckJson } from './document.ts';

const WORDS = { passed: 'ok', failed: 'FAILED', skipped: 'not checked' } as const;

const WIDEST = Math.max(...Object.values(WORDS).map((word) => word.length));

/** All checks by site, then what failed in full, then what could not be checked, and the sum. */
export function checksAsText(document: CheckDocument): string {
  const sites = [...new Set(document.checks.map(({ site }) => site))];
  const parts = [
    ...sites.map((site) => siteTable(site, document.checks)),
    ...document.checks.filter(({ outcome }) => outcome === 'failed').map(failure),
  ];
  return `${parts.join('\n')}\n${sum(document)}\n`;
}

function siteTable(site: string, checks: readonly CheckJson[]): string {
  const rows = checks
    .filter((check) => check.site === site)
    .map(({ outcome, name, says, reason }) => [
      `  ${WORDS[outcome].padEnd(WIDEST)}`,
      name,
      reason === undefined ? says : `${says} (${reason})`,
    ]);
  return `${visible(site)}\n${table(rows)}`;
}

function failure({ id, says, expected = '', got = '', hint, place }: CheckJson): string {
  const lines = [
    `failed: ${id}: ${says}`,
    `  expected  ${expected}`,
    `  got       ${got}`,
    `  policy    ${place.file}:${place.line}:${place.column}`,
    ...(hint === undefined ? [] : [`  hint      ${hint}`]),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

export function sum({ passed, failed, skipped, ms }: Omit<CheckDocument, 'checks'>): string {
  return `${failed} failed, ${passed} passed, ${skipped} not checked, in ${(ms / 1_000).toFixed(1)} s`;
}
