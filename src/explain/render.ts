import { styleText } from 'node:util';
import { lineColumn } from '../diagnostics/position.ts';
import { visible } from '../diagnostics/visible.ts';
import { type Origin, placeOf } from '../ir/origin.ts';
import { shippedPresets } from '../ir/shipped-presets.ts';
import type { Answer } from './answer.ts';
import type { Asked } from './asked.ts';
import { answerLines, type Line } from './lines.ts';

export interface RenderOptions {
  readonly color: boolean;
  readonly tls: boolean;
}

/** Columns for the first words and for what is said, before the policy's line. */
const LABEL = 20;
const MOST_TEXT = 66;

const STYLES = {
  title: 'bold',
  text: 'reset',
  good: 'green',
  bad: 'red',
  open: 'yellow',
  verdict: 'bold',
  gap: 'reset',
} as const;

/** An answer for a terminal. Whatever a client or a policy wrote is made safe for it. */
export function renderAnswer(asked: Asked, answer: Answer, options: RenderOptions): string {
  return renderLines(asked, answer, answerLines(answer), options);
}

/** The same of lines that were made elsewhere. */
export function renderLines(
  asked: Asked,
  answer: Pick<Answer, 'path' | 'client'>,
  lines: readonly Line[],
  { color, tls }: RenderOptions,
): string {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const width = Math.min(MOST_TEXT, Math.max(0, ...lines.map(({ text }) => visible(text).length)));
  const render = ({ kind, label, text, origin }: Line): string => {
    if (kind === 'gap') return '';
    if (kind === 'title') return style('bold', label);
    if (kind === 'verdict') return style('bold', `${label} ${visible(text)}`);
    if (kind === 'open' && label === '?') return style('yellow', `? ${visible(text)}`);
    const first = style(STYLES[kind], visible(label).padEnd(LABEL - 1));
    const where = origin ? style('dim', placeText(origin)) : '';
    return `  ${first} ${visible(text).padEnd(where === '' ? 0 : width)}  ${where}`.trimEnd();
  };
  const from = answer.client === undefined ? '' : `from ${answer.client}, `;
  const path =
    answer.path !== undefined && answer.path !== asked.target.split('?', 1)[0] ? `, compared as ${answer.path}` : '';
  const head = [
    style('bold', visible(`${asked.method} ${tls ? 'https' : 'http'}://${asked.host}${asked.target}`)),
    visible(`${from}at ${asked.at}${path}`),
    '',
  ];
  return `${[...head, ...lines.map(render)].join('\n')}\n`;
}

function placeText(origin: Origin): string {
  // A preset of ours is no file that anyone could open.
  if (origin.file === shippedPresets) return `preset ${visible(String(origin.path[1]))}`;
  const { file, range } = placeOf(origin);
  const { line, column } = lineColumn(file.text, range.start);
  return `${visible(file.path)}:${line}:${column}`;
}
