import type { Presence } from '../../policy/schema/matcher.ts';
import { canonicalHeader } from '../../policy/schema/scalars.ts';
import type { Received } from '../received.ts';

/** `header`: any of its lines equals any of the values, `*` at either end standing for anything. */
export function headerHolds(name: string, wanted: Presence, received: Received): boolean {
  const lines = headerLines(name, received);
  if (typeof wanted === 'boolean') return (lines !== undefined) === wanted;
  return lines?.some((line) => wanted.some((value) => isLike(line, value))) ?? false;
}

/** The lines of a header, in whatever spelling it is asked for; undefined where it is not there. */
export function headerLines(given: string, { headers, host }: Received): readonly string[] | undefined {
  const name = canonicalHeader(given);
  if (name === 'Host') return host === '' ? undefined : [host];
  return headers.get(name);
}

function isLike(line: string, value: string): boolean {
  const [begins, ends] = [value.startsWith('*'), value.endsWith('*')];
  if (value === '*') return true;
  if (begins && ends) return line.includes(value.slice(1, -1));
  if (begins) return line.endsWith(value.slice(1));
  if (ends) return line.startsWith(value.slice(0, -1));
  return line === value;
}
