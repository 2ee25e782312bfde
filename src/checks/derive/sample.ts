import type { Way } from '../../explain/answer.ts';
import { covers } from '../../ir/order.ts';
import type { Route } from '../../ir/model.ts';
import type { Condition, Presence } from '../../policy/schema/matcher.ts';
import { type PathPattern, showPath } from '../../policy/schema/path.ts';
import type { Ask } from '../check.ts';
import { ANY, type Spot, wayOf } from './spot.ts';

/** A request that a route takes, and what becomes of it. */
export interface Sample {
  readonly ask: Ask;
  readonly way: Way;
}

/** Asking with these changes nothing, even where a rule that should refuse them is broken: RFC 9110, section 9.2.1. */
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

export const NO_SAFE_REQUEST = 'which request gets there only Caddy can tell, or it would change something';

/**
 * Looks for a request by one of these methods that the policies say this route takes. Undefined where its conditions are beyond
 * guessing, or where another route takes all that was tried.
 */
export function sampleOf(
  spot: Spot,
  route: Route,
  methods: readonly string[] = SAFE,
  more: Partial<Ask> = {},
): Sample | undefined {
  const conditions = route.when;
  const wanted = methods.find((method) => conditions.every((when) => when.method?.includes(method) ?? true));
  if (wanted === undefined) return undefined;
  const headers = Object.assign({}, ...conditions.map(({ header }) => values(header))) as Record<string, string>;
  const query = new URLSearchParams(
    Object.assign({}, ...conditions.map(({ query }) => values(query))) as Record<string, string>,
  ).toString();
  for (const path of candidates(route)) {
    const ask: Ask = {
      method: wanted,
      target: `${path}${query === '' ? '' : `?${query}`}`,
      host: spot.asked,
      ...more,
      headers: { ...headers, ...streamHeaders(route, path), ...more.headers },
    };
    const way = wayOf(spot, ask);
    if (way?.route === route) return { ask, way };
  }
  return undefined;
}

function candidates({ pattern, when }: Route): string[] {
  const path = pathOf(pattern);
  const globs = when.flatMap(({ path_glob: globs = [] }) =>
    globs.map((glob) => glob.replaceAll('*', ANY)).map((text) => (text.startsWith('/') ? text : `/${text}`)),
  );
  const below = path === '/' ? `/${ANY}` : `${path}/${ANY}`;
  return [...globs, path, ...(pattern.exact ? [] : [below])];
}

/** Some path of a pattern. */
export function pathOf(pattern: PathPattern): string {
  return encodeURI(showPath({ ...pattern, segments: pattern.segments.map((each) => (each === '*' ? ANY : each)) }))
    .replace(/^=/, '')
    .replace(/[?#]/g, encodeURIComponent);
}

/** Without it some apps hold the request until they have something to say. */
function streamHeaders({ handler, pattern }: Route, path: string): Record<string, string> {
  if (handler.kind !== 'proxy') return {};
  const streams = handler.upstream.facts.streams.some((stream) => covers(stream, pattern) || pathOf(stream) === path);
  return streams ? { Accept: 'text/event-stream' } : {};
}

/** What a condition on headers or on the query takes. */
function values(conditions: Condition['header'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(conditions).flatMap(([name, wanted]) => {
      const value = valueOf(wanted);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function valueOf(wanted: Presence): string | undefined {
  if (wanted === false) return undefined;
  if (wanted === true) return ANY;
  return wanted[0]?.replaceAll('*', ANY);
}
