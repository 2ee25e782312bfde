import type { CST } from 'yaml';
import type { SourceText } from './source-text.ts';

const modeline = /^#\s*yaml-language-server:/;

/** Which of the comments before the first block are the file's: those with a blank line behind them, and the modeline. */
export function leading(
  text: SourceText,
  comments: readonly CST.SourceToken[],
  first: CST.CollectionItem | undefined,
): { readonly file: readonly CST.SourceToken[]; readonly own: readonly CST.SourceToken[] } {
  let own = comments.length;
  let next = first?.key?.offset ?? 0;
  for (; own > 0; own--) {
    const comment = comments[own - 1];
    if (
      comment === undefined ||
      text.followsBlankLine(next) ||
      modeline.test(comment.source) ||
      !text.startsLine(comment.offset)
    ) {
      break;
    }
    next = comment.offset;
  }
  return { file: comments.slice(0, own), own: comments.slice(own) };
}

/** How many of the comments between two blocks stay with the first: those right below it, if a blank line ends them. */
export function staying(text: SourceText, comments: readonly CST.SourceToken[], next: number | undefined): number {
  const blank = comments.findIndex(({ offset }) => text.followsBlankLine(offset));
  if (blank !== -1) {
    return blank;
  }
  return next === undefined || text.followsBlankLine(next) ? comments.length : 0;
}

export function printComments(text: SourceText, comments: readonly CST.SourceToken[]): readonly string[] {
  return comments.flatMap(({ source, offset }, index) =>
    index > 0 && text.followsBlankLine(offset) ? ['', source.trimEnd()] : [source.trimEnd()],
  );
}
