import { type CST, Lexer, Parser } from 'yaml';
import { compareText } from '../../diagnostics/order.ts';
import { NotFormattable } from './not-formattable.ts';
import { BlockPrinter } from './print-block.ts';
import { commentsOf, endOf, keyOf } from './print-inline.ts';
import { followsBlankLine, startsLine } from './source-text.ts';

const order = ['global', 'services', 'presets', 'sites'];
const modeline = /^#\s*yaml-language-server:/;

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
  const { head, map, foot, start } = topLevel(text);
  if (map === undefined) {
    return text.replaceAll(/[ \t]+$/gm, '');
  }
  const items = map.items.filter((item) => item.key !== undefined);
  const first = leading(text, [...head, ...commentsOf(items[0]?.start)], items[0]);
  const loose = map.items.filter((item) => item.key === undefined).flatMap((item) => commentsOf(item.start));
  const end = [...loose, ...commentsOf(endOf(map)), ...foot];

  let carried = first.own;
  const blocks = items.map((item, index) => {
    const printer = new BlockPrinter(text);
    printer.pair({ ...item, start: [...item.start.filter(({ type }) => type !== 'comment'), ...carried] }, 0);
    const next = items[index + 1];
    const behind = [...printer.outside, ...(next === undefined ? end : commentsOf(next.start))];
    const split = staying(text, behind, next?.key?.offset);
    carried = behind.slice(split);
    const lines = [...printer.lines, ...behind.slice(0, split).map(({ source }) => source.trimEnd())];
    return { key: keyOf(item), lines, endsKept: printer.endsKept && split === 0 };
  });
  const sorted = hasAlias(text) ? blocks : blocks.toSorted((a, b) => topLevelRank(a.key) - topLevelRank(b.key));

  const before = first.file.filter(({ offset }) => offset < (start ?? Infinity));
  const after = first.file.filter(({ offset }) => offset > (start ?? Infinity));
  let lines = [...printComments(text, before), ...(start === undefined ? [] : ['---']), ...printComments(text, after)];
  if (after.length > 0 || (before.length > 0 && start === undefined)) {
    lines.push('');
  }
  for (const [index, block] of sorted.entries()) {
    const separate = index > 0 && sorted[index - 1]?.endsKept !== true;
    lines = [...lines, ...(separate ? [''] : []), ...block.lines];
  }
  const last = printComments(text, carried);
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

interface TopLevel {
  /** Comments before and behind all else. */
  readonly head: readonly CST.SourceToken[];
  readonly foot: readonly CST.SourceToken[];
  /** Absent when the file holds comments only, or no map. */
  readonly map: CST.BlockMap | CST.FlowCollection | undefined;
  /** Where `---` stands. */
  readonly start: number | undefined;
}

function topLevel(text: string): TopLevel {
  const head: CST.SourceToken[] = [];
  const foot: CST.SourceToken[] = [];
  let document: CST.Document | undefined;
  for (const token of new Parser().parse(text)) {
    switch (token.type) {
      case 'comment':
        (document === undefined ? head : foot).push(token);
        break;
      case 'document':
        if (document !== undefined) {
          throw new NotFormattable('the file holds several documents');
        }
        document = token;
        head.push(...commentsOf(token.start));
        foot.push(...commentsOf(token.end));
        break;
      case 'doc-end':
        foot.push(...commentsOf(token.end));
        break;
      case 'space':
      case 'newline':
        break;
      default:
        throw new NotFormattable(`the file holds a ${token.type}`);
    }
  }
  const start = document?.start.find(({ type }) => type === 'doc-start')?.offset;
  const value = document?.value;
  const isMap = value?.type === 'block-map' || (value?.type === 'flow-collection' && value.start.source === '{');
  return { head, foot, map: isMap ? value : undefined, start };
}

/** Which of the comments before the first block are the file's: those with a blank line behind them, and the modeline. */
function leading(
  text: string,
  comments: readonly CST.SourceToken[],
  first: CST.CollectionItem | undefined,
): { readonly file: readonly CST.SourceToken[]; readonly own: readonly CST.SourceToken[] } {
  let own = comments.length;
  let next = first?.key?.offset ?? 0;
  for (; own > 0; own--) {
    const comment = comments[own - 1];
    if (
      comment === undefined ||
      followsBlankLine(text, next) ||
      modeline.test(comment.source) ||
      !startsLine(text, comment.offset)
    ) {
      break;
    }
    next = comment.offset;
  }
  return { file: comments.slice(0, own), own: comments.slice(own) };
}

/** How many of the comments between two blocks stay with the first: those right below it, if a blank line ends them. */
function staying(text: string, comments: readonly CST.SourceToken[], next: number | undefined): number {
  const blank = comments.findIndex(({ offset }) => followsBlankLine(text, offset));
  if (blank !== -1) {
    return blank;
  }
  return next === undefined || followsBlankLine(text, next) ? comments.length : 0;
}

function printComments(text: string, comments: readonly CST.SourceToken[]): readonly string[] {
  return comments.flatMap(({ source, offset }, index) =>
    index > 0 && followsBlankLine(text, offset) ? ['', source.trimEnd()] : [source.trimEnd()],
  );
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
