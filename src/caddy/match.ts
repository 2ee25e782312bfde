import type { Condition, Presence, When } from '../policy/schema/matcher.ts';
import { canonicalHeader } from '../policy/schema/scalars.ts';
import type { PathPattern } from '../policy/schema/path.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { placeholder, verbatim } from './placeholders.ts';

/** A set of Caddy's matchers: all its keys must hold. */
export type MatcherSet = JsonObject;

/** How a client's address is asked for: as a trusted proxy gave it, or as the connection has it. */
export type ClientMatcher = 'client_ip' | 'remote_ip';

/** The matcher of one route: its path and conditions, and what else must hold where it stands. */
export function routeMatcher(
  { pattern, when }: { readonly pattern: PathPattern; readonly when: readonly When[] },
  client: ClientMatcher,
  also: MatcherSet,
): MatcherSet {
  return conjunction([also, pathMatcher(pattern), ...when.flatMap((each) => whenMatchers(each, client))]);
}

/**
 * Caddy's `path` ignores case, decodes and merges slashes, as does its `path_regexp` (but for case). `path` holds one `*` at an
 * end only, and its other wildcards never cross a slash; so a `*` within, and characters that a glob would read, take a pattern.
 */
export function pathMatcher({ exact, segments, slash }: PathPattern): MatcherSet {
  if (!exact && segments.length === 0) return {};
  const path = `/${segments.join('/')}`;
  // Not `(/.*)?$`: a dot is no line break, and a client may send one.
  if (!/[*?[\]\\{}]/.test(path)) return { path: exact ? [path + (slash ? '/' : '')] : [path, `${path}/*`] };
  const pattern = segments.map((segment) => (segment === '*' ? '[^/]+' : escapeRegex(segment))).join('/');
  return { path_regexp: { pattern: verbatim(`(?i)^/${pattern}${exact ? `${slash ? '/' : ''}$` : '(/|$)'}`) } };
}

/** RE2 takes a backslash before any punctuation as that character. */
function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function whenMatchers({ not, ...condition }: When, client: ClientMatcher): MatcherSet[] {
  const excluded = (not ?? []).flatMap((each) => [conjunction(conditionMatchers(each, client))]);
  return [...conditionMatchers(condition, client), ...(excluded.length > 0 ? [{ not: excluded }] : [])];
}

function conditionMatchers(condition: Condition, client: ClientMatcher): MatcherSet[] {
  const sets: MatcherSet[] = [];
  if (condition.method) sets.push({ method: condition.method });
  for (const [name, value] of sorted(condition.header)) sets.push(headerMatcher(canonicalHeader(name), value));
  for (const [name, value] of sorted(condition.query)) sets.push(queryMatcher(name, value));
  if (condition.client_ip) sets.push(clientMatcher(condition.client_ip, client));
  if (condition.protocol) sets.push({ protocol: condition.protocol });
  if (condition.regex) sets.push({ path_regexp: { pattern: verbatim(condition.regex) } });
  if (condition.path_glob) sets.push({ path: condition.path_glob });
  if (condition.expression) sets.push({ expression: verbatim(condition.expression) });
  return sets;
}

/** Whatever the order written, a condition is one text. */
function sorted(values: Readonly<Record<string, Presence>> = {}): [string, Presence][] {
  return Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The client's address as a placeholder. */
export function clientAddress(client: ClientMatcher): string {
  return placeholder(client === 'client_ip' ? 'http.vars.client_ip' : 'http.request.remote.host');
}

export function clientMatcher(ranges: readonly string[], client: ClientMatcher): MatcherSet {
  return { [client]: { ranges } };
}

/** In Caddy an empty list is "there", whatever its value, and null is "not there". */
function headerMatcher(name: string, value: Presence): MatcherSet {
  if (typeof value === 'boolean') return { header: { [name]: value ? [] : null } };
  return { header: { [name]: value } };
}

function queryMatcher(name: string, value: Presence): MatcherSet {
  if (value === false) return { not: [{ query: { [name]: ['*'] } }] };
  return { query: { [name]: value === true ? ['*'] : value } };
}

/**
 * All of several sets. A set has each matcher once, so what comes twice is said as "not (not it)", which is the same: the
 * members of one `not` are alternatives, and so none of them may fail. Different headers, and different query keys, are
 * one matcher, of which all must hold.
 */
function conjunction(sets: readonly MatcherSet[]): MatcherSet {
  const merged: Record<string, JsonValue> = {};
  const not: JsonValue[] = [];
  for (const set of sets) {
    for (const [name, value] of Object.entries(set)) {
      const known = merged[name];
      if (name === 'not') for (const each of value as JsonValue[]) not.push(each);
      else if (known === undefined) merged[name] = value;
      else if (BY_NAME.has(name) && isDisjoint(known as JsonObject, value as JsonObject))
        merged[name] = { ...(known as JsonObject), ...(value as JsonObject) };
      else not.push({ not: [{ [name]: value }] });
    }
  }
  return not.length > 0 ? { ...merged, not } : merged;
}

const BY_NAME: ReadonlySet<string> = new Set(['header', 'query']);

function isDisjoint(a: JsonObject, b: JsonObject): boolean {
  return Object.keys(b).every((key) => !Object.hasOwn(a, key));
}
