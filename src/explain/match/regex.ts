import { RE2JS } from 're2js';
import type { Received } from '../received.ts';
import type { Holds } from './holds.ts';

const compiled = new Map<string, RE2JS | undefined>();
const MOST_KEPT = 1_000;

/** `regex`: anywhere in the cleaned path, its case as sent. Never by Node's own engine, which means other things and can hang. */
export function regexHolds(pattern: string, { path }: Received): Holds {
  return textFits(pattern, path);
}

/** Whether a pattern of RE2 is found in a text. */
export function textFits(pattern: string, text: string): Holds {
  if (!compiled.has(pattern)) {
    if (compiled.size >= MOST_KEPT) compiled.clear();
    compiled.set(pattern, compile(pattern));
  }
  return compiled.get(pattern)?.test(text) ?? 'unknown';
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    // Ours reads the syntax a little wider or narrower than Go's: then only Caddy can tell.
    return undefined;
  }
}
