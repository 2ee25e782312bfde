import type { CST } from 'yaml';
import { NotFormattable } from './not-formattable.ts';
import { commentsOf, endOf, inline, keyOf, propertiesOf } from './print-inline.ts';
import type { SourceText } from './source-text.ts';

const longestLine = 120;
const step = 2;

/** Prints collections as blocks, line by line, from tokens that know where in `text` they stood. */
export class BlockPrinter {
  readonly lines: string[] = [];
  /** The last line belongs to a block scalar that keeps its trailing newlines: a blank line after it would be content. */
  endsKept = false;
  readonly #text: SourceText;
  readonly #open: { readonly column: number; readonly indent: number }[] = [];
  /** Comments at the end that are not indented at all: they may belong to what follows. */
  readonly outside: CST.SourceToken[] = [];
  #opened = false;
  /** The last line ends in a comment: nothing more can stand there. */
  #commented = false;

  constructor(text: SourceText) {
    this.#text = text;
  }

  /** One pair of a map that is printed at `indent`; with `joined` it goes on with the present line. */
  pair(item: CST.CollectionItem, indent: number, joined = false): void {
    if (item.key === undefined) {
      this.#comments(item.start, indent);
      if (item.value !== undefined || propertiesOf(item.start).length > 0) {
        throw new NotFormattable('a map holds a value without a key');
      }
      return;
    }
    if (this.#open.length === 0) {
      commentsOf(item.start).forEach((token) => this.comment(token, indent));
    } else {
      this.#comments(item.start, indent);
    }
    const head = `${keyOf(item)}:`;
    if (joined) {
      this.#append(head);
    } else {
      this.#line(indent, head, item.key?.offset);
    }
    this.#value(item.sep ?? [], item.value, indent, false);
  }

  comment(token: CST.SourceToken, indent: number): void {
    const text = token.source.trimEnd();
    if (this.#text.startsLine(token.offset) || this.lines.length === 0 || this.#commented) {
      this.#line(indent, text, token.offset);
    } else {
      this.#append(text);
    }
    this.#commented = true;
  }

  #block(token: CST.BlockMap | CST.BlockSequence | CST.FlowCollection, indent: number, joined: boolean): void {
    // In a flow collection columns mean nothing.
    this.#open.push({ column: token.type === 'flow-collection' ? 0 : this.#text.columnOf(token.offset), indent });
    this.#opened = !joined;
    const isMap =
      token.type === 'block-map' || (token.type === 'flow-collection' && token.start.type === 'flow-map-start');
    for (const [index, item] of token.items.entries()) {
      if (isMap) {
        this.pair(item, indent, joined && index === 0);
      } else {
        this.#item(item, indent, joined && index === 0);
      }
    }
    this.#open.pop();
  }

  #item(item: CST.CollectionItem, indent: number, joined: boolean): void {
    if (item.key !== undefined) {
      throw new NotFormattable('a list holds a pair without braces');
    }
    const dash = item.start.findIndex(({ type }) => type === 'seq-item-ind');
    const properties = item.start.slice(dash + 1);
    const before = dash === -1 ? properties : item.start.slice(0, dash);
    this.#comments(before, indent);
    if (item.value === undefined && dash === -1) {
      return;
    }
    if (joined) {
      this.#append('-');
    } else {
      this.#line(indent, '-', item.start[dash]?.offset ?? item.value?.offset);
    }
    this.#value(
      dash === -1 ? properties.filter(({ type }) => type !== 'comment') : properties,
      item.value,
      indent,
      true,
    );
  }

  /** What follows a key's colon or a list's dash. `indent` is the collection's. */
  #value(between: readonly CST.SourceToken[], value: CST.Token | undefined, indent: number, inList: boolean): void {
    const comments = commentsOf(between);
    const properties = propertiesOf(between);
    for (const property of properties) {
      this.#append(property);
    }
    if (value === undefined) {
      this.#comments(between, indent);
      return;
    }
    for (const comment of comments) {
      this.#opened = true;
      this.comment(comment, indent + step);
    }
    switch (value.type) {
      case 'block-map':
      case 'block-seq': {
        const joined = inList && comments.length === 0 && properties.length === 0 && !startsWithComment(value);
        this.#block(value, indent + step, joined);
        return;
      }
      case 'block-scalar':
        this.#blockScalar(value, indent + step, comments.length > 0);
        return;
      case 'flow-collection':
        this.#flow(value, indent, comments.length > 0, inList && properties.length === 0);
        break;
      case 'alias':
      case 'scalar':
      case 'single-quoted-scalar':
      case 'double-quoted-scalar': {
        const text = reindented(value.source, indent + step);
        if (comments.length > 0) {
          this.#line(indent + step, text, undefined);
        } else if (text !== '') {
          this.#append(text);
        }
        break;
      }
      default:
        throw new NotFormattable(`a ${value.type} where a value should be`);
    }
    this.#comments(endOf(value), indent);
  }

  #flow(token: CST.FlowCollection, indent: number, ownLine: boolean, mayJoin: boolean): void {
    const empty = token.items.every(({ key, value }) => key === undefined && value === undefined);
    const text = empty ? token.start.source + (token.start.source === '{' ? '}' : ']') : inline(token);
    const used = ownLine ? indent + step : (this.lines.at(-1)?.length ?? 0) + 1;
    if (text !== undefined && (empty || used + text.length <= longestLine)) {
      if (ownLine) {
        this.#line(indent + step, text, undefined);
      } else {
        this.#append(text);
      }
      token.items.forEach((item) => this.#comments(item.start, indent));
      return;
    }
    this.#block(token, indent + step, mayJoin && !ownLine && !startsWithComment(token));
  }

  #blockScalar(token: CST.BlockScalar, indent: number, commented: boolean): void {
    const header = token.props.find(({ type }) => type === 'block-scalar-header');
    if (commented || header === undefined || !('source' in header)) {
      throw new NotFormattable('a comment stands before a block of text');
    }
    const digit = /\d/.exec(header.source)?.[0];
    const lines = token.source.split('\n');
    const firstLine = lines.find((line) => line.trim() !== '') ?? '';
    const cut = digit === undefined ? firstLine.length - firstLine.trimStart().length : token.indent + Number(digit);
    this.#append(header.source.replace(/\d/, String(step)));
    for (const comment of commentsOf(token.props)) {
      this.#append(comment.source.trimEnd());
    }
    // The last newline ends the last line, and is not one more.
    const content = lines.slice(0, token.source.endsWith('\n') ? -1 : undefined);
    const kept = header.source.includes('+');
    const end = kept ? content.length : content.findLastIndex((line) => line.trim() !== '') + 1;
    for (const line of content.slice(0, end)) {
      const rest = line.slice(cut);
      this.lines.push(rest === '' ? '' : ' '.repeat(indent) + rest);
    }
    this.#opened = false;
    this.#commented = false;
    this.endsKept = kept;
  }

  /** Comments at the end of a block may be less indented than it: then they belong to one around it. */
  #comments(tokens: readonly CST.SourceToken[], indent: number): void {
    for (const token of commentsOf(tokens)) {
      const column = this.#text.columnOf(token.offset);
      const home = this.#open.findLast((block) => block.column <= column);
      if (home === undefined && this.#text.startsLine(token.offset)) {
        this.outside.push(token);
      } else {
        this.comment(token, Math.min(indent, home?.indent ?? 0));
      }
    }
  }

  /** A new line; `offset` is where it stood, to keep a blank line above it. */
  #line(indent: number, text: string, offset: number | undefined): void {
    for (const comment of this.outside.splice(0)) {
      this.#line(0, comment.source.trimEnd(), comment.offset);
    }
    const blank = offset !== undefined && this.#text.startsLine(offset) && this.#text.followsBlankLine(offset);
    if (blank && !this.#opened && !this.endsKept && this.lines.length > 0) {
      this.lines.push('');
    }
    this.lines.push(' '.repeat(indent) + text);
    this.#opened = false;
    this.#commented = false;
    this.endsKept = false;
  }

  #append(text: string): void {
    if (this.#commented) {
      throw new NotFormattable('a comment stands where it cannot stay');
    }
    const last = this.lines.length - 1;
    const line = this.lines[last] ?? '';
    this.lines[last] = `${line} ${text}`;
  }
}

function startsWithComment(token: CST.BlockMap | CST.BlockSequence | CST.FlowCollection): boolean {
  const start = token.items[0]?.start ?? [];
  const dash = start.findIndex(({ type }) => type === 'seq-item-ind');
  return commentsOf(dash === -1 ? start : start.slice(0, dash)).length > 0;
}

/** A scalar without a block header folds its lines, so their indentation means nothing. */
function reindented(source: string, indent: number): string {
  const [first = '', ...rest] = source.split('\n');
  return [first, ...rest.map((line) => (line.trim() === '' ? '' : ' '.repeat(indent) + line.trimStart()))].join('\n');
}
