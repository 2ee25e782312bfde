import type { CST } from 'yaml';
import { NotFormattable } from './not-formattable.ts';

/** A node as it stands on one line, or undefined where it cannot: blocks, scalars of several lines, comments inside. */
export function inline(token: CST.Token): string | undefined {
  switch (token.type) {
    case 'alias':
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
      return token.source.includes('\n') ? undefined : token.source;
    case 'flow-collection':
      return inlineFlow(token);
    default:
      return undefined;
  }
}

function inlineFlow(token: CST.FlowCollection): string | undefined {
  const parts: string[] = [];
  for (const item of token.items) {
    if (
      hasComment(item.start) ||
      hasComment(item.sep) ||
      hasComment(endOf(item.value)) ||
      hasComment(endOf(item.key))
    ) {
      return undefined;
    }
    const part = inlineItem(item);
    if (part === undefined) {
      return undefined;
    }
    if (part !== '') {
      parts.push(part);
    }
  }
  if (token.start.type === 'flow-seq-start') {
    return `[${parts.join(', ')}]`;
  }
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function inlineItem(item: CST.CollectionItem): string | undefined {
  const value = item.value === undefined ? '' : inline(item.value);
  if (value === undefined) {
    return undefined;
  }
  if (item.sep === undefined) {
    return [...propertiesOf(item.start), ...(value === '' ? [] : [value])].join(' ');
  }
  const key = keyOf(item);
  const colon = item.sep.some(({ type }) => type === 'map-value-ind') ? ':' : '';
  return [key + colon, ...propertiesOf(item.sep), ...(value === '' ? [] : [value])].join(' ');
}

/** The text of a pair's key with its anchor and tag. */
export function keyOf(item: CST.CollectionItem): string {
  if (
    item.key?.type !== 'scalar' &&
    item.key?.type !== 'single-quoted-scalar' &&
    item.key?.type !== 'double-quoted-scalar'
  ) {
    throw new NotFormattable('a key is not a scalar');
  }
  if (
    item.start.some(({ type }) => type === 'explicit-key-ind') ||
    item.key.source.includes('\n') ||
    hasComment(item.key.end)
  ) {
    throw new NotFormattable('a key takes more than its line');
  }
  return [...propertiesOf(item.start), item.key.source].join(' ');
}

/** Anchors and tags. */
export function propertiesOf(tokens: readonly CST.SourceToken[]): readonly string[] {
  return tokens.filter(({ type }) => type === 'anchor' || type === 'tag').map(({ source }) => source);
}

export function commentsOf(tokens: readonly CST.Token[] | undefined): readonly CST.SourceToken[] {
  return (tokens ?? []).filter((token): token is CST.SourceToken => token.type === 'comment');
}

/** What follows a node up to the end of its line, and sometimes further. */
export function endOf(token: CST.Token | null | undefined): readonly CST.SourceToken[] {
  return token != null && 'end' in token && token.end !== undefined ? token.end : [];
}

function hasComment(tokens: readonly CST.Token[] | undefined): boolean {
  return commentsOf(tokens).length > 0;
}
