import type { Presence } from '../../policy/schema/matcher.ts';
import { goText, percentDecoded } from '../go-text.ts';
import type { Received } from '../received.ts';

/** `query`: a key that is there, with one of the values. In a query that cannot be read no key is there. */
export function queryHolds(key: string, wanted: Presence, { target }: Received): boolean {
  const values = parseQuery(target.query ?? '')?.get(key);
  if (typeof wanted === 'boolean') return (values !== undefined) === wanted;
  return values?.some((value) => wanted.includes(value) || wanted.includes('*')) ?? false;
}

/** As Go parses it: a `;` or a half escape anywhere makes all of it unreadable. */
function parseQuery(query: string): Map<string, string[]> | undefined {
  const found = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    if (pair.includes(';')) return undefined;
    const at = pair.indexOf('=');
    const [key, value] = (at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]).map(unescaped);
    if (key === undefined || value === undefined) return undefined;
    const known = found.get(key);
    if (known) known.push(value);
    else found.set(key, [value]);
  }
  return found;
}

function unescaped(text: string): string | undefined {
  const bytes = percentDecoded(text.replaceAll('+', ' '));
  return bytes && goText(bytes);
}
