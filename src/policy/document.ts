import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Range, SourceFile } from '../diagnostics/position.ts';
import { holdsNoncharacter, NONCHARACTER } from './noncharacter.ts';
import { isBeyondCounting, plainValue } from './plain-value.ts';
import { syntaxDiagnostic } from './syntax.ts';
import { type DocumentNode, type ListNode, type MapNode, type ScalarNode, unfolded } from './tree.ts';

/** What aliases may unfold to, in nodes: a file of 1 MiB cannot hold as many by itself, so only a bomb gets here, and none without an anchor. */
const MAX_UNFOLDED_NODES = 1_000_000;
const MAX_DEPTH = 64;
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface ParsedDocument {
  /** Absent when the file is empty or not well formed. */
  readonly root?: DocumentNode;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads one file of YAML 1.2 (of which JSON is a part). Every mistake but one of syntax is collected, and nothing is thrown. */
export function parseDocument(file: SourceFile): ParsedDocument {
  let events: Event[];
  try {
    events = parseEvents(file.text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (error instanceof YAMLException)
      return { diagnostics: [syntaxDiagnostic(file, error.reason, error.mark?.position ?? 0)] };
    throw error;
  }
  return new Composer(file, events).compose();
}

/** Builds the tree from js-yaml's flat events, so that each node keeps its place and a hostile file stays bounded. */
class Composer {
  readonly #file: SourceFile;
  readonly #events: readonly Event[];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #anchors = new Map<string, DocumentNode>();
  readonly #open = new Set<DocumentNode>();
  /** Entries that merges have put in, or would have. */
  #copied = 0;
  #at = 0;
  #end = 0;

  constructor(file: SourceFile, events: readonly Event[]) {
    this.#file = file;
    this.#events = events;
  }

  compose(): ParsedDocument {
    let root: DocumentNode | undefined;
    let documents = 0;
    while (this.#at < this.#events.length) {
      const event = this.#events[this.#at++];
      if (event?.type !== EVENT_ID.DOCUMENT) continue;
      documents++;
      const node = this.#node();
      if (documents === 1) root = node;
      else this.#report('several-documents', 'a file holds one document', node?.range, 'make a second file of it');
    }
    const size = root && this.#anchors.size > 0 ? unfolded(root) : undefined;
    if (size && (Math.max(size.nodes, this.#copied) > MAX_UNFOLDED_NODES || size.depth > MAX_DEPTH)) {
      const what = size.depth > MAX_DEPTH ? `nest deeper than ${MAX_DEPTH} levels` : 'unfold to over a million values';
      const hint = 'use presets for what several sites share';
      this.#report('alias-bomb', `the aliases of this file ${what}`, root?.range, hint);
      return { diagnostics: this.#diagnostics };
    }
    const empty = root?.kind === 'scalar' && root.value === null;
    return { ...(root !== undefined && !empty && { root }), diagnostics: this.#diagnostics };
  }

  /** The node at the present event, or undefined at the end of a collection. */
  #node(): DocumentNode | undefined {
    const event = this.#events[this.#at++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        this.#refuseTag(event);
        return this.#anchor(event, this.#scalar(event));
      case EVENT_ID.MAPPING:
        this.#refuseTag(event);
        return this.#map(event);
      case EVENT_ID.SEQUENCE:
        this.#refuseTag(event);
        return this.#list(event);
      case EVENT_ID.ALIAS:
        return this.#alias({ start: event.anchorStart, end: event.anchorEnd });
      default:
        return undefined;
    }
  }

  /** A node that is no key: those are texts, however many digits they have. */
  #value(): DocumentNode | undefined {
    const node = this.#node();
    if (node?.kind === 'scalar' && node.plain && typeof node.value === 'string' && isBeyondCounting(node.value)) {
      const hint = 'put it in quotes if it is text';
      this.#report('number', 'a number has at most 2^53 - 1, for beyond it digits are lost', node.range, hint);
    }
    return node;
  }

  #scalar(event: ScalarEvent): ScalarNode {
    // An absent value has no place of its own: it stands where the last thing ended.
    const range =
      event.valueStart < 0
        ? { start: this.#end, end: this.#end }
        : this.#trimmed(event.style, event.valueStart, event.valueEnd);
    this.#end = range.end;
    const text = getScalarValue(this.#file.text, event);
    const plain = event.style === SCALAR_STYLE.PLAIN;
    if (!text.isWellFormed()) {
      const hint = 'write the character itself, or both of its halves, like \\ud83d\\ude00';
      this.#report('lone-surrogate', 'an escape here is half of a character', range, hint);
    }
    if (holdsNoncharacter(text)) this.#report('noncharacter', NONCHARACTER, range);
    return { kind: 'scalar', value: plain ? plainValue(text) : text, plain, range };
  }

  #trimmed(style: number, start: number, end: number): Range {
    if (style !== SCALAR_STYLE.LITERAL_BLOCK && style !== SCALAR_STYLE.FOLDED_BLOCK) return { start, end };
    const block = this.#file.text.slice(start, end);
    const first = block.length - block.trimStart().length;
    return { start: start + first, end: start + Math.max(first, block.trimEnd().length) };
  }

  #map(event: Extract<Event, { type: typeof EVENT_ID.MAPPING }>): MapNode {
    const node: MapNode & { range: Range } = {
      kind: 'map',
      entries: new Map(),
      range: { start: event.start, end: event.start },
    };
    this.#anchor(event, node);
    this.#open.add(node);
    const merges: { from: DocumentNode; range: Range }[] = [];
    for (let key = this.#node(); key !== undefined; key = this.#node()) {
      const value = this.#value() ?? this.#nothing({ start: this.#end, end: this.#end });
      if (key.kind === 'scalar' && key.plain && key.value === '<<') merges.push({ from: value, range: key.range });
      else this.#enter(node, key, value);
    }
    for (const { from, range } of merges) this.#merge(node, from, range);
    this.#close(node);
    return node;
  }

  #enter(map: MapNode, key: DocumentNode, node: DocumentNode): void {
    if (key.kind !== 'scalar') {
      this.#report('key-not-text', 'a key must be text, not a list or a map', key.range);
      return;
    }
    const name = key.value === null ? '' : String(key.value);
    const first = map.entries.get(name);
    if (FORBIDDEN_KEYS.has(name)) {
      this.#report('forbidden-key', `the key "${name}" is never a name here`, key.range);
    } else if (first !== undefined) {
      this.#diagnostics.push({
        code: 'duplicate-key',
        severity: 'error',
        message: `the key "${name}" stands twice in one map`,
        hint: 'keep one of them: YAML does not say which would win',
        place: { file: this.#file, range: key.range },
        related: [{ message: 'first here', place: { file: this.#file, range: first.key } }],
      });
    } else {
      map.entries.set(name, { key: key.range, node });
    }
  }

  /** `<<: *base`: entries of the merged map stand in where the map has none of its own, and keep their own places. */
  #merge(map: MapNode, from: DocumentNode, range: Range): void {
    const sources = from.kind === 'list' ? from.items : [from];
    for (const source of sources) {
      if (source.kind !== 'map' || this.#open.has(source)) {
        this.#report(
          'merge-not-a-map',
          '"<<" takes a map or a list of maps',
          range,
          'write <<: *name, where &name marks a map',
        );
        continue;
      }
      this.#copied += source.entries.size;
      if (this.#copied > MAX_UNFOLDED_NODES) return;
      for (const [name, entry] of source.entries) if (!map.entries.has(name)) map.entries.set(name, entry);
    }
  }

  #list(event: Extract<Event, { type: typeof EVENT_ID.SEQUENCE }>): ListNode {
    const node: ListNode & { range: Range } = {
      kind: 'list',
      items: [],
      range: { start: event.start, end: event.start },
    };
    this.#anchor(event, node);
    this.#open.add(node);
    for (let item = this.#value(); item !== undefined; item = this.#value()) node.items.push(item);
    this.#close(node);
    return node;
  }

  #close(node: (MapNode | ListNode) & { range: Range }): void {
    this.#open.delete(node);
    node.range = { start: node.range.start, end: Math.max(this.#end, node.range.start + 1) };
  }

  #alias(range: Range): DocumentNode {
    this.#end = range.end;
    const name = this.#file.text.slice(range.start, range.end);
    const node = this.#anchors.get(name);
    if (node !== undefined && !this.#open.has(node)) return node;
    if (node === undefined) this.#report('unknown-alias', `no anchor "&${name}" stands before this alias`, range);
    else this.#report('recursive-alias', `the alias "*${name}" stands inside what it names`, range);
    return this.#nothing(range);
  }

  #nothing(range: Range): ScalarNode {
    return { kind: 'scalar', value: null, plain: true, range };
  }

  #anchor<T extends DocumentNode>(event: { anchorStart: number; anchorEnd: number }, node: T): T {
    if (event.anchorStart >= 0) this.#anchors.set(this.#file.text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  #refuseTag(event: { tagStart: number; tagEnd: number }): void {
    if (event.tagStart < 0) return;
    const range = { start: event.tagStart, end: event.tagEnd };
    const tag = this.#file.text.slice(range.start, range.end);
    this.#report(
      'tag',
      `the tag "${tag}" has no meaning here`,
      range,
      'remove it; put text that looks like a number in quotes',
    );
  }

  #report(code: string, message: string, range: Range | undefined, hint?: string): void {
    const place = range && { file: this.#file, range };
    this.#diagnostics.push({ code, severity: 'error', message, hint, place });
  }
}
