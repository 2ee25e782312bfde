import { canonical, isJsonObject, type JsonValue } from '../caddy/json.ts';
import { itemsOf, own } from './live.ts';
import { isOurs, markOf } from './marks.ts';

/**
 * One list of a server of ours (`routes`, `errors.routes`, `tls_connection_policies`) with what others put into it. What
 * stands before our first entry stays in front, where it was put to be tried first; the rest goes before our catch-all,
 * since nothing behind that is ever reached.
 */
export function mergeEntries(live: JsonValue | undefined, desired: JsonValue | undefined, owner: string): JsonValue[] {
  const wanted = itemsOf(desired);
  const { front, rest } = foreignEntries(live, wanted, owner);
  const last = wanted.at(-1);
  if (last === undefined || !takesEverything(last)) return [...front, ...wanted, ...rest];
  return [...front, ...wanted.slice(0, -1), ...rest, last];
}

/** The entries of such a list that are not ours, in their order. */
function foreignEntries(
  live: JsonValue | undefined,
  wanted: readonly JsonValue[],
  owner: string,
): { front: JsonValue[]; rest: JsonValue[] } {
  const front: JsonValue[] = [];
  const rest: JsonValue[] = [];
  const isLost = lostMark(itemsOf(live), wanted);
  let seenOurs = false;
  for (const entry of itemsOf(live)) {
    if (isOurs(entry, owner) || isDefault(entry) || isLost(entry)) seenOurs = true;
    else if (seenOurs) rest.push(entry);
    else front.push(entry);
  }
  return seenOurs ? { front, rest } : { front: [], rest: front };
}

/**
 * A PATCH by hand that does not repeat the `@id` leaves a route without one. Taken for a foreign route it would shadow
 * ours for ever. So an unmarked entry that matches what an entry of ours matches, while ours is missing, is ours.
 */
function lostMark(live: readonly JsonValue[], wanted: readonly JsonValue[]): (entry: JsonValue) => boolean {
  const present = new Set(live.map(markOf));
  const missing = new Set(wanted.filter((entry) => !present.has(markOf(entry))).flatMap(matchText));
  return (entry) => own(entry, '@id') === undefined && matchText(entry).some((text) => missing.has(text));
}

function matchText(entry: JsonValue): string[] {
  const match = own(entry, 'match');
  return match === undefined ? [] : [canonical(match)];
}

/** The plain `{}` that ends a list of connection policies: it means the same whoever wrote it. */
function isDefault(entry: JsonValue): boolean {
  return isJsonObject(entry) && Object.keys(entry).length === 0;
}

function takesEverything(entry: JsonValue): boolean {
  const match = own(entry, 'match');
  if (Array.isArray(match)) return match.some((set: JsonValue) => own(set, 'host') === undefined);
  // A connection policy matches by `sni`; without any matcher it is the default.
  return match === undefined;
}
