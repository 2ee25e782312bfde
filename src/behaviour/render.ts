import { styleText } from 'node:util';
import { visible } from '../diagnostics/visible.ts';
import type { UsualPorts } from '../ir/stands.ts';
import type { BehaviourDiff, Line, Where } from './line.ts';
import { pathsText } from './paths/terms.ts';
import { casesText, changeText, methodsText } from './words.ts';

export interface RenderOptions extends UsualPorts {
  readonly color: boolean;
  /** So many lines are shown, and the others counted. */
  readonly most: number;
}

const MOST_NAMES = 3;
const WIDEST = 48;

/** The requests that change, for people; a sentence where none does. */
export function renderBehaviour({ lines, notes }: BehaviourDiff, options: RenderOptions): string {
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    options.color ? styleText(format, text, { validateStream: false }) : text;
  if (lines.length === 0 && notes.length === 0) return `${style('bold', 'No request is answered otherwise')}\n`;
  const shown = lines.slice(0, options.most).map((line) => ({ line, where: visible(whereText(line.where, options)) }));
  const width = Math.min(WIDEST, Math.max(0, ...shown.map(({ where }) => where.length)));
  const left = lines.length - shown.length;
  return [
    style('bold', 'Requests that are answered otherwise:'),
    ...shown.map(({ line, where }) => {
      const cases = casesText(line.where.cases);
      const condition = cases === '' ? '' : `  ${style('dim', visible(`(${cases})`))}`;
      return `  ${where.padEnd(width)}  ${style(colorOf(line), visible(changeText(line.change)))}${condition}`;
    }),
    ...(left > 0 ? [style('dim', `  and ${left} more; -o json has them all`)] : []),
    ...notes.map((note) => style('yellow', `  not looked at: ${visible(note)}`)),
    '',
  ].join('\n');
}

function colorOf({ change: { of, before, after } }: Line): 'red' | 'green' | 'yellow' {
  const isRefused = of === 'answer' && /^[45]\d\d/.test(after ?? '');
  if (after === undefined || isRefused) return 'red';
  return before === undefined ? 'green' : 'yellow';
}

/** `POST app.example.com/api/*` */
function whereText({ at, hosts, paths, cases }: Where, { httpPort, httpsPort }: UsualPorts): string {
  const isUsual = at.includes(`:${httpsPort}`);
  const isPlain = !isUsual && at.length === 1 && at[0] === `:${httpPort}`;
  const more = hosts.length - MOST_NAMES;
  const names = more > 1 ? `${hosts.slice(0, MOST_NAMES).join(',')} and ${more} more ` : hosts.join(',');
  const methods = methodsText(cases);
  const place = isUsual || isPlain ? '' : ` at ${at.slice(0, MOST_NAMES).join(', ')}`;
  return `${methods === undefined ? '' : `${methods} `}${isPlain ? 'http://' : ''}${names}${pathsText(paths, MOST_NAMES)}${place}`;
}
