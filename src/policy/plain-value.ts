import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag } from 'js-yaml';
import type { ScalarNode } from './tree.ts';

/**
 * YAML 1.2 core types. A number that would not print as it is written (`1.10`, `0x10`, 2^53 and more) stays text,
 * so that no digit of a header, version or token is ever lost.
 */
export function plainValue(text: string): ScalarNode['value'] {
  for (const tag of [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag]) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value === NOT_RESOLVED) continue;
    if (typeof value !== 'number') return value;
    return String(value) === text && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : text;
  }
  return text;
}

/** Whether a plain text is a number of so many digits that some would be lost, by Caddy if not by us. */
export function isBeyondCounting(text: string): boolean {
  const isNumber = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) || /^0(x[\da-f]+|o[0-7]+)$/i.test(text);
  return isNumber && Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER;
}
