import type { Figures, Row } from './row.ts';

export interface Played {
  readonly row: Row;
  readonly figures: Figures;
  readonly seconds: number;
  /** Of the machine at its end, for each processor: above 1, others wait. */
  readonly load: number;
}

export type Verdict = 'held' | 'BROKEN' | 'held in part' | 'not done';

export function verdictOf({ broken, skipped = [], held }: Figures): Verdict {
  if (broken.length > 0) return 'BROKEN';
  if (skipped.length === 0) return 'held';
  return held === '' ? 'not done' : 'held in part';
}

/** Markdown. */
export function tableOf(played: readonly Played[]): string {
  const head = ['fault', 'done', 'must hold', 'what held', 's', 'load', ''];
  const rows = played.map(({ row, figures, seconds, load }) => {
    const held = [figures.held, ...figures.broken.slice(0, 5), ...(figures.skipped ?? [])].filter(
      (each) => each !== '',
    );
    return [
      row.fault,
      figures.did,
      row.mustHold,
      held.join('; '),
      seconds.toFixed(0),
      load.toFixed(1),
      verdictOf(figures),
    ];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cellOf).join(' | ')} |\n`).join('');
}

function cellOf(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}
