import { styleText } from 'node:util';
import { counted } from '../../diagnostics/counted.ts';
import { visible } from '../../diagnostics/visible.ts';
import type { Finding, Level } from './finding.ts';

const tones = { problem: 'red', warning: 'yellow', ok: 'green' } as const;
const order: readonly Level[] = ['problem', 'warning', 'ok'];

/** The worst first, each with what to do about it. */
export function renderFindings(findings: readonly Finding[], color: boolean): string {
  const sorted = order.flatMap((level) => findings.filter((finding) => finding.level === level));
  const width = Math.max(...sorted.map(({ id }) => id.length));
  return `${sorted.map((finding) => block(finding, width, color)).join('')}\n${summary(findings)}\n`;
}

function block(finding: Finding, width: number, color: boolean): string {
  const { id, level, seen } = finding;
  const word = level.padEnd('problem'.length);
  const shown = color ? styleText(tones[level], word, { validateStream: false }) : word;
  const head = `${shown}  ${id.padEnd(width)}  ${visible(seen)}\n`;
  if (finding.level === 'ok') return head;
  return `${head}    why:   ${visible(finding.why)}\n    close: ${visible(finding.close)}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Level): string => counted(findings.filter((finding) => finding.level === level).length, level);
  return `${count('problem')}, ${count('warning')}`;
}
