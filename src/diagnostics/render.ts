import { styleText } from 'node:util';
import { counted } from './counted.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { frame, type Frame } from './frame.ts';
import { linesByFile, type Lines } from './lines.ts';
import { sortDiagnostics } from './order.ts';
import type { Place, SourceFile } from './position.ts';
import { visible } from './visible.ts';

export interface RenderOptions {
  readonly color?: boolean | undefined;
  /** Columns that a source line may take before it is cut around its mark; 100 unless told. */
  readonly width?: number | undefined;
}

interface Context {
  readonly lines: (file: SourceFile) => Lines;
  readonly style: (format: Style | Style[], text: string) => string;
  readonly width: number;
}

type Style = 'bold' | 'red' | 'yellow' | 'blue' | 'cyan';

/** More than anyone reads, and what keeps a hostile file from printing a hundred megabytes. */
const MOST_SHOWN = 100;

/** The diagnostics by file and position, each with its source line, and a closing count; "" when there are none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  if (diagnostics.length === 0) {
    return '';
  }
  const context: Context = {
    lines: linesByFile(),
    // Whether the stream takes colours was decided by the caller; left alone, styleText asks standard output.
    style: (format, text) => (options.color === true ? styleText(format, text, { validateStream: false }) : text),
    width: Math.max(20, options.width ?? 100),
  };
  const blocks = mostTelling(diagnostics).map((each) => renderOne(each, context));
  const left = diagnostics.length - blocks.length;
  const more = left > 0 ? `… and ${left} more\n\n` : '';
  return `${blocks.join('\n')}\n${more}${context.style('bold', countDiagnostics(diagnostics))}\n`;
}

/** Where there are too many to show, no error gives way to a warning. */
function mostTelling(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = sortDiagnostics(diagnostics);
  if (sorted.length <= MOST_SHOWN) return sorted;
  const isError = ({ severity }: Diagnostic) => severity === 'error';
  const chosen = [...sorted.filter(isError), ...sorted.filter((each) => !isError(each))].slice(0, MOST_SHOWN);
  return sortDiagnostics(chosen);
}

/** `3 errors, 1 warning in 2 files` */
function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): string[] => {
    const found = diagnostics.filter((each) => each.severity === severity).length;
    return found === 0 ? [] : [counted(found, severity)];
  };
  const files = new Set(diagnostics.flatMap((each) => (each.place === undefined ? [] : [each.place.file.path]))).size;
  const where = files === 0 ? '' : ` in ${counted(files, 'file')}`;
  return [...count('error'), ...count('warning')].join(', ') + where;
}

function renderOne(diagnostic: Diagnostic, context: Context): string {
  const { style } = context;
  const color: Style = diagnostic.severity === 'error' ? 'red' : 'yellow';
  const main = diagnostic.place === undefined ? [] : [framed(diagnostic.place, context)];
  const related = (diagnostic.related ?? []).map(({ message, place }) => ({ message, ...framed(place, context) }));
  const gutter = [...main, ...related].reduce((most, { shown }) => Math.max(most, String(shown?.line ?? 0).length), 1);
  const blank = ' '.repeat(gutter);

  let text = `${style(['bold', color], `${diagnostic.severity}[${diagnostic.code}]`)} `;
  text += `${style('bold', visible(diagnostic.message))}\n`;
  for (const each of main) {
    text += renderPlace(each, blank, style([color], '^'.repeat(each.shown?.markWidth ?? 0)), context);
  }
  if (diagnostic.hint !== undefined) {
    text += `${blank} ${style('cyan', 'hint:')} ${visible(diagnostic.hint)}\n`;
  }
  for (const each of related) {
    text += `${blank} ${style('cyan', 'note:')} ${visible(each.message)}\n`;
    text += renderPlace(each, blank, style('cyan', '-'.repeat(each.shown?.markWidth ?? 0)), context);
  }
  return text;
}

interface Framed {
  readonly file: SourceFile;
  readonly shown: Frame | undefined;
}

function framed({ file, range }: Place, context: Context): Framed {
  // An empty text stands for a file that could not be read: there is no line to show.
  const shown = file.text === '' ? undefined : frame(file.text, context.lines(file), range, context.width);
  return { file, shown };
}

function renderPlace({ file, shown }: Framed, blank: string, mark: string, { style }: Context): string {
  const arrow = style('blue', `${blank}-->`);
  if (shown === undefined) {
    return `${arrow} ${visible(file.path)}\n`;
  }
  const number = String(shown.line).padStart(blank.length);
  return [
    `${arrow} ${visible(file.path)}:${shown.line}:${shown.column}`,
    `${style('blue', `${number} |`)} ${shown.text}`.trimEnd(),
    `${style('blue', `${blank} |`)} ${' '.repeat(shown.markStart)}${mark}`,
    '',
  ].join('\n');
}
