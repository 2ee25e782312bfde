import { type CST, Parser } from 'yaml';
import { NotFormattable } from './not-formattable.ts';
import { commentsOf } from './print-inline.ts';

export interface TopLevel {
  /** Comments before and behind all else. */
  readonly head: readonly CST.SourceToken[];
  readonly foot: readonly CST.SourceToken[];
  /** Absent when the file holds comments only, or no map. */
  readonly map: CST.BlockMap | CST.FlowCollection | undefined;
  /** Where `---` stands. */
  readonly start: number | undefined;
}

/** Takes a file's tokens apart. Throws NotFormattable for directives and several documents. */
export function topLevel(text: string): TopLevel {
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
