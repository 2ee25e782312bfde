import { hasControlCharacter, type Parsed, problem, textOf } from './text.ts';

/** A path as a route's key names it. */
export interface PathPattern {
  /** `=/health`: this path alone. Otherwise the path and everything below it, at a segment boundary. */
  readonly exact: boolean;
  /** Without the empty one before the first slash; `*` stands for any one segment. `/` has none. */
  readonly segments: readonly string[];
  /** Only for exact paths: `=/a/` is not `=/a`. */
  readonly slash: boolean;
}

const MOST_CHARACTERS = 1_000;

/** How a pattern is written: `=/health`, `/api`, `/`. */
export function showPath({ exact, segments, slash }: PathPattern): string {
  return `${exact ? '=' : ''}/${segments.join('/')}${slash ? '/' : ''}`;
}

/** `/api` and `/api/*` are the same; `=/health` is exact; `*` is one segment. */
export function parsePath(text: string): Parsed<PathPattern> {
  const exact = text.startsWith('=');
  const path = exact ? text.slice(1) : text;
  const bad = (why: string, hint?: string) => problem('path', `"${text}" is not a path: ${why}`, hint);
  if (!path.startsWith('/')) return bad('a path starts with "/"', `write ${exact ? '=' : ''}/${path}`);
  if (hasControlCharacter(path)) return bad('it has control characters', 'leave them out');
  if (path.length > MOST_CHARACTERS)
    return problem('path', `a path has at most ${MOST_CHARACTERS} characters`, 'a shorter one takes what is below it');
  if (/[?#]/.test(path))
    return bad('it has a query or a fragment', 'leave it out: a route matches a query with "when: { query: … }"');
  if (path.includes('%'))
    return bad('it is percent-encoded', 'write the characters themselves: Caddy decodes before it compares');
  if (path.includes('//')) return bad('it has an empty segment', 'Caddy merges slashes before it compares');
  const segments = path.slice(1).split('/');
  const slash = segments.at(-1) === '';
  if (slash) segments.pop();
  if (segments.some((segment) => segment === '.' || segment === '..'))
    return bad('it has dot segments', 'write the path that is meant');
  const partial = segments.find((segment) => segment.includes('*') && segment !== '*');
  if (partial !== undefined) {
    return bad(
      `"*" stands for a whole segment, and "${partial}" is only partly one`,
      'match parts with "when: { path_glob: … }"',
    );
  }
  if (!exact && segments.at(-1) === '*') segments.pop();
  if (!exact && segments.at(-1) === '*')
    return bad('it ends in several "*"', 'a path takes everything below it anyway');
  return { value: { exact, segments, slash: exact && slash && segments.length > 0 } };
}

/** A route's key: one path or several with commas. */
export function parsePaths(text: string): Parsed<readonly PathPattern[]> {
  const patterns: PathPattern[] = [];
  for (const part of text.split(',')) {
    const parsed = parsePath(part.trim());
    if ('code' in parsed) return parsed;
    patterns.push(parsed.value);
  }
  return { value: patterns };
}

export const pathPattern = textOf(parsePath, {
  description: 'A path: /api (and below), =/health (exactly), * for one segment.',
});

/** A path alone, without wildcards or a query. */
export const purePath = textOf(
  (text) => {
    const parsed = parsePath(text);
    if ('code' in parsed) return parsed;
    if (parsed.value.exact || parsed.value.segments.includes('*')) {
      return problem('path', `"${text}" is not a single path`, 'write one path: /app');
    }
    return { value: text };
  },
  { description: 'One path, without a query: /app.' },
);

/** A path of the app itself, without wildcards: something that can be asked for. */
export const plainPath = textOf(
  (text) => {
    const parsed = parsePath(text.split('?', 1)[0] ?? '');
    if ('code' in parsed) return parsed;
    if (hasControlCharacter(text))
      return problem('path', `"${text}" is not a path: it has control characters`, 'leave them out');
    if (text.startsWith('=') || parsed.value.segments.includes('*')) {
      return problem('path', `"${text}" is not a single path`, 'write one path that can be asked for: /health');
    }
    return { value: text };
  },
  { description: 'One path of the app: /health.' },
);
