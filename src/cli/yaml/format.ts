import { Lexer } from 'yaml';
import { compareText } from '../../diagnostics/order.ts';
import { leading, printComments, staying } from './comments.ts';
import { NotFormattable } from './not-formattable.ts';
import { BlockPrinter } from './print-block.ts';
import { commentsOf, endOf, keyOf } from './print-inline.ts';
import { SourceText } from './source-text.ts';
import { topLevel } from './top-level.ts';

const order = ['$schema', 'global', 'services', 'presets', 'sites'];

/**
 * A well-formed YAML file in its usual form: top-level blocks in their order with a blank line between them, two blanks of
 * indentation, flow collections on one line or none. Scalars, comments and blank lines between entries stay as written.
 * Throws NotFormattable for what it does not know. The caller proves that the value is the same.
 */
export function formatYaml(original: string): string {
  const text = original.replaceAll('\r\n', '\n');
  if (text.includes('\r')) {
    throw new NotFormattable('a carriage return stands alone');
  }
  const source = new SourceText(text);
  const { head, map, foot, start } = topLevel(text);
  if (map === undefined) {
    return text.replaceAll(/[ \t]+$/gm, '');
  }
  const items = map.items.filter((item) => item.key !== undefined);
  const first = leading(source, [...head, ...commentsOf(items[0]?.start)], items[0]);
  const loose = map.items.filter((item) => item.key === undefined).flatMap((item) => commentsOf(item.start));
  const end = [...loose, ...commentsOf(endOf(map)), ...foot];

  let carried = first.own;
  const blocks = items.map((item, index) => {
    const printer = new BlockPrinter(source);
    printer.pair({ ...item, start: [...item.start.filter(({ type }) => type !== 'comment'), ...carried] }, 0);
    const next = items[index + 1];
    const behind = [...printer.outside, ...(next === undefined ? end : commentsOf(next.start))];
    const split = staying(source, behind, next?.key?.offset);
    carried = behind.slice(split);
    const lines = [...printer.lines, ...behind.slice(0, split).map((comment) => comment.source.trimEnd())];
    return { key: keyOf(item), lines, endsKept: printer.endsKept && split === 0 };
  });
  const sorted = hasAlias(text) ? blocks : blocks.toSorted((a, b) => topLevelRank(a.key) - topLevelRank(b.key));

  const before = first.file.filter(({ offset }) => offset < (start ?? Infinity));
  const after = first.file.filter(({ offset }) => offset > (start ?? Infinity));
  const lines = [
    ...printComments(source, before),
    ...(start === undefined ? [] : ['---']),
    ...printComments(source, after),
  ];
  if (after.length > 0 || (before.length > 0 && start === undefined)) {
    lines.push('');
  }
  for (const [index, block] of sorted.entries()) {
    if (index > 0 && sorted[index - 1]?.endsKept !== true) {
      lines.push('');
    }
    block.lines.forEach((line) => lines.push(line));
  }
  const last = printComments(source, carried);
  const gap = last.length > 0 && sorted.at(-1)?.endsKept !== true ? [''] : [];
  return `${[...lines, ...gap, ...last].join('\n')}\n`;
}

/** The comments of a text in the order of their letters: formatting may move them, but loses none. */
export function commentsIn(text: string): readonly string[] {
  return [...new Lexer().lex(text)]
    .filter((lexeme) => lexeme.startsWith('#'))
    .map((lexeme) => lexeme.trimEnd())
    .sort(compareText);
}

/** Blocks with aliases keep their order: an alias stands behind its anchor. */
function hasAlias(text: string): boolean {
  return [...new Lexer().lex(text)].some((lexeme) => lexeme.startsWith('*'));
}

/** Where a top-level key stands among the others. */
export function topLevelRank(key: string): number {
  const at = order.indexOf(key);
  return at === -1 ? order.length : at;
}
